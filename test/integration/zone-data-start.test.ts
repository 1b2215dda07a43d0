import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { type App, openInstallation, startApp } from '../../src/compose.ts'
import type { Config } from '../../src/config.ts'
import { notedZoneData } from '../../src/ports/zone-note.ts'
import { useZoneData, zoneData } from '../../src/streaks/zone-data.ts'
import { ownZoneData } from '../../src/zones/own-data.ts'
import { openStore } from '../helpers/open-store.ts'
import { quietLogger } from '../helpers/quiet-logger.ts'
import { type LogLine, recordingLogger } from '../helpers/recording-logger.ts'
import { configFor } from '../helpers/running-app.ts'
import { makeTempFolder } from '../helpers/temp-folder.ts'
import { fixedZone, writeZoneInfo } from '../helpers/write-tzif.ts'

const OWN = ownZoneData().version

let folder: string
let remove: () => Promise<void>
/** By the program's own data, and by a folder of a later version. */
let config: Config
let later: Config

beforeAll(async () => {
  ;[folder, remove] = await makeTempFolder()
  const zoneInfo = writeZoneInfo(join(folder, 'zoneinfo'), '2099a', { UTC: fixedZone(0, 'UTC') })
  // no Redis is there: it is none of the matter
  config = configFor(join(folder, 'data'), { redisUrl: 'redis://127.0.0.1:1' })
  later = { ...config, zoneInfo }
})
afterAll(async () => {
  useZoneData(ownZoneData())
  await remove()
})

async function started<T>(settings: Config, use: (app: App, lines: LogLine[]) => Promise<T>): Promise<T> {
  const lines: LogLine[] = []
  const app = await startApp(settings, ['web'], recordingLogger(lines))
  try {
    return await use(app, lines)
  } finally {
    await app.close()
  }
}

async function noted(): Promise<string | null> {
  const store = await openStore('sqlite', join(folder, 'data', 'streakline.sqlite'))
  try {
    return await notedZoneData(store)
  } finally {
    await store.close()
  }
}

async function ready({ http }: App): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${http!.port}/readyz`)
  return ((await answer.json()) as { data: { zoneData: string } }).data.zoneData
}

it('says at start and when asked by which data days begin, and notes it in the store', async () => {
  await started(config, async (app, lines) => {
    expect(lines).toContainEqual(
      expect.objectContaining({ message: 'time zone data', fields: { zoneData: OWN, folder: undefined } }),
    )
    expect(await ready(app)).toBe(OWN)
    expect(lines.filter(({ message }) => message.includes('newer than before'))).toEqual([])
  })
  expect(await noted()).toBe(OWN)
})

it('lets a visitor with newer data in, who changes nothing for the others', async () => {
  const installation = await openInstallation(later, quietLogger)
  expect(installation.zoneData.version).toBe('2099a')
  await installation.close()
  expect(await noted()).toBe(OWN)
})

it('goes by a newer folder once it is named, and says what to look at', async () => {
  await started(later, async (app, lines) => {
    expect([await ready(app), zoneData().version]).toEqual(['2099a', '2099a'])
    expect(lines).toContainEqual(
      expect.objectContaining({
        fields: { zoneDataBefore: OWN, zoneData: '2099a' },
        message: expect.stringContaining('streakline zones'),
      }),
    )
  })
  expect(await noted()).toBe('2099a')
})

it('refuses to start, and visitors, with older data than the store goes by, in one sentence', async () => {
  const refused = {
    code: 'CONFLICT',
    message: `The store goes by time zone data 2099a, this process has ${OWN}, which is older: run the newer Streakline, or name a folder of 2099a in STREAKLINE_ZONEINFO.`,
  }
  await expect(startApp(config, ['web'], quietLogger)).rejects.toMatchObject(refused)
  await expect(openInstallation(config, quietLogger)).rejects.toMatchObject(refused)
  expect(await noted()).toBe('2099a')
  // it let go of the data folder
  await started(later, async (app) => expect(await ready(app)).toBe('2099a'))
})

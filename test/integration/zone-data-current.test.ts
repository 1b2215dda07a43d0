import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from '@jest/globals'
import { ownZoneData } from '../../src/zones/own-data.ts'
import { makeTempFolder } from '../helpers/temp-folder.ts'

const run = promisify(execFile)
const PACKAGE = 'moment-timezone'
const WITHIN = { timeout: 20_000, killSignal: 'SIGKILL' } as const
const IMPATIENT = ['--fetch-retries=0', '--fetch-timeout=8000', '--silent']

/** The release of IANA's data in the newest package; null where the registry cannot be asked. */
async function newestRelease(installed: string): Promise<{ name: string; release: string } | null> {
  const [folder, remove] = await makeTempFolder()
  try {
    const { stdout } = await run('npm', ['view', PACKAGE, 'version', ...IMPATIENT], {
      ...WITHIN,
      cwd: folder,
    })
    const name = `${PACKAGE}@${stdout.trim()}`
    if (name === `${PACKAGE}@${installed}`) return { name, release: ownZoneData().version }
    await run('npm', ['pack', name, ...IMPATIENT], { ...WITHIN, cwd: folder })
    await run('tar', ['xzf', `${name.replace('@', '-')}.tgz`], { ...WITHIN, cwd: folder })
    const data = readFileSync(join(folder, 'package/data/packed/latest.json'), 'utf8')
    return { name, release: (JSON.parse(data) as { version: string }).version }
  } catch {
    return null
  } finally {
    await remove()
  }
}

it('is as new as what the registry has: a government may have changed its clocks', async () => {
  const lock = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'))
  const newest = await newestRelease(lock.packages[`node_modules/${PACKAGE}`].version)
  const own = ownZoneData().version
  if (newest === null) {
    console.warn(`SKIPPED: the registry cannot be asked whether there is newer time zone data than ${own}.`)
    return
  }
  if (newest.release <= own) return
  const news = `${newest.name} has time zone data ${newest.release}, the program ${own}: npm install --save-exact ${newest.name}`
  // where a person tries the program, news from outside are no fault of it
  if (process.env.CI === undefined) console.warn(news)
  else expect(news).toBe('')
})

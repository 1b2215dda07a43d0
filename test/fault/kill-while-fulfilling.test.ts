import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { createCouponProviders } from '../../src/coupons/registry.ts'
import type { Row } from '../../src/ports/schema.ts'
import { createFulfil } from '../../workers/reward/fulfil.ts'
import { newSigningSecret } from '../helpers/coupon-requests.ts'
import { type CouponService, startCouponService } from '../helpers/coupon-service.ts'
import type { FulfilChildOptions, PausePoint } from '../helpers/fulfil-child.ts'
import { openStore } from '../helpers/open-store.ts'
import {
  clock,
  collectingLogger,
  encryptionKey,
  jobContext,
  jobOf,
  makeRewardWorld,
  NOW,
  read,
  secretBox,
} from '../helpers/reward-world.ts'
import { makeTempFolder } from '../helpers/temp-folder.ts'

const CHILD = fileURLToPath(new URL('../helpers/fulfil-child.ts', import.meta.url))
const signingSecret = newSigningSecret()
let storePath: string
let removeFolder: () => Promise<void>
let service: CouponService
let host: string

beforeEach(async () => {
  const [folder, remove] = await makeTempFolder()
  removeFolder = remove
  storePath = join(folder, 'streakline.db')
  service = await startCouponService({ dataFile: join(folder, 'coupons.jsonl'), signingSecret, clock })
  host = new URL(service.url).host
})

afterEach(async () => {
  await service.stop()
  await removeFolder()
})

/** A stored reward that waits for a coupon of the service. The store is closed again: one process owns its file. */
async function prepareReward(): Promise<Row<'reward_log'>> {
  const store = await openStore('sqlite', storePath)
  await store.migrate()
  const provider = { provider: 'http', settings: { url: service.url } } as const
  const world = await makeRewardWorld(store, provider, { signingSecret })
  const reward = await world.addReward({}, { expiresInDays: 30 })
  await store.close()
  return reward
}

async function killWorkerAt(pauseAt: PausePoint, reward: Row<'reward_log'>): Promise<void> {
  const options: FulfilChildOptions = {
    storePath,
    encryptionKey,
    allowedHost: host,
    now: NOW,
    job: jobOf(reward),
    pauseAt,
  }
  const child = spawn(process.execPath, ['--no-warnings', CHILD, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const closed = once(child, 'close')
  const [said] = await Promise.race([once(child.stdout, 'data'), closed])
  child.kill('SIGKILL')
  await closed
  expect(String(said)).toBe('paused\n')
}

async function fulfilAgain(reward: Row<'reward_log'>): Promise<Row<'reward_log'>> {
  const store = await openStore('sqlite', storePath)
  try {
    const providers = createCouponProviders({ store, clock, allowedHosts: [host] })
    const { logger } = collectingLogger()
    const fulfil = createFulfil({ store, providers, secretBox, clock, logger })
    await fulfil(jobOf(reward), jobContext({ tryNumber: 2 }))
    return await read(store, 'reward_log', reward.id)
  } finally {
    await store.close()
  }
}

describe('a worker that is killed', () => {
  it.each<[PausePoint, number, number]>([
    // who asks for one that somebody else was about to ask for says so again, in a revision of its own
    ['before_asking', 1, 4],
    ['before_writing', 2, 4],
    ['after_writing', 1, 3],
  ])('%s leaves one reward with one coupon', async (pauseAt, asked, revision) => {
    const reward = await prepareReward()
    await killWorkerAt(pauseAt, reward)
    const after = await fulfilAgain(reward)
    expect(after).toMatchObject({ fulfilmentStatus: 'issued', couponCode: reward.drawnCode, revision })
    expect(service.issued()).toMatchObject([{ key: reward.id, code: reward.drawnCode, asked }])
  })

  it('while the service is restarted too leaves one coupon in its books', async () => {
    const reward = await prepareReward()
    await killWorkerAt('before_writing', reward)
    const { port } = new URL(service.url)
    const dataFile = join(storePath, '../coupons.jsonl')
    await service.stop()
    service = await startCouponService({ dataFile, signingSecret, clock, port: Number(port) })
    expect((await fulfilAgain(reward)).couponCode).toBe(reward.drawnCode)
    expect(service.issued()).toMatchObject([{ key: reward.id, code: reward.drawnCode, asked: 2 }])
  })
})

import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { createAccount } from '../../src/accounts/accounts.ts'
import { openInstallation } from '../../src/compose.ts'
import { type StripeDouble, startStripeDouble } from '../../src/doubles/stripe/index.ts'
import type { Body } from '../helpers/api.ts'
import { tell } from '../helpers/doubles.ts'
import { CLI, endPrograms, type Program, settingsIn, startProgram } from '../helpers/program.ts'
import { quietLogger } from '../helpers/quiet-logger.ts'
import { freePort, redisForTests, type TestRedis } from '../helpers/redis-server.ts'
import { configFor } from '../helpers/running-app.ts'
import { makeTempFolder } from '../helpers/temp-folder.ts'
import { until } from '../helpers/until.ts'

const CHARGES = 450
const HOUR_MS = 3_600_000
/** The lease of the one that was killed, and the pages. */
const RESUMED_WITHIN_MS = 200_000

let redis: TestRedis
let double: StripeDouble
let program: Program
let env: NodeJS.ProcessEnv
let baseUrl: string
let headers: Record<string, string>
let removeFolder: () => Promise<void>

beforeAll(async () => {
  redis = await redisForTests()
  double = await startStripeDouble()
  await tell(double, 'POST /limits', { test: 100_000, endpoint: 100_000 })
  const [folder, remove] = await makeTempFolder()
  removeFolder = remove
  const settings = settingsIn(folder)
  const port = await freePort()
  baseUrl = `http://127.0.0.1:${port}`
  env = {
    ...{ PATH: process.env.PATH, ...settings, PORT: String(port), REDIS_URL: redis.url },
    STREAKLINE_PUBLIC_URL: baseUrl,
    STREAKLINE_PLATFORM_ORIGINS: `stripe=${double.origin}`,
  }
  const config = {
    ...configFor(folder, { redisUrl: redis.url }),
    encryptionKeys: [settings.STREAKLINE_ENCRYPTION_KEY!],
  }
  const installation = await openInstallation(config, quietLogger)
  const { apiKey, apiSecret } = await createAccount(installation, 'test', 'UTC')
  headers = { 'x-api-key': apiKey, 'x-api-secret': apiSecret, 'content-type': 'application/json' }
  await installation.close()
  await start()
})
afterAll(async () => {
  program.child.kill('SIGTERM')
  await program.ended
  await endPrograms()
  await double.stop()
  await redis.stop()
  await removeFolder()
})

async function start(): Promise<void> {
  program = startProgram([process.execPath, CLI, 'start'], { env })
  await program.printed('listening')
}

async function call(method: string, path: string, body?: object): Promise<Body> {
  const init = body === undefined ? {} : { body: JSON.stringify(body) }
  const answer = await fetch(`${baseUrl}${path}`, { method, headers, ...init })
  const text = await answer.text()
  if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
  return JSON.parse(text).data
}

it('goes on after kill -9, again and again, without a gap or a double', async () => {
  // Stripe counts in whole seconds
  const from = Math.floor(Date.now() / 1_000) * 1_000 - 12 * HOUR_MS
  for (let nth = 0; nth < CHARGES; nth += 1) {
    await tell(double, 'POST /charges', {
      ...{ email: `buyer${nth % 40}@example.com`, amount: 1_000, tell: false },
      created: new Date(from + nth * 60_000).toISOString(),
    })
  }
  const streak = await call('POST', '/schema/streak/record', {
    ...{ name: 'a purchase a day', status: 'live' },
    ...{ aggregationMethod: 'count', aggregationTargetValue: 1 },
  })
  const connector = await call('POST', '/schema/connector/record', {
    ...{ name: 'Stripe', platform: 'stripe' },
    rules: [{ streakId: streak.id, identifyBy: 'email', testOrders: 'count' }],
  })
  const path = `/schema/connector/record/${connector.id}`
  await call('POST', `${path}/install`, { method: 'restricted_key', apiKey: double.keys()[1]!.id })
  const { id } = await call('POST', `${path}/backfill`, { since: new Date(from).toISOString() })
  const shown = () => call('GET', `/schema/backfill/record/${id}`)
  await tell(double, 'POST /faults', { kind: 'slow', ms: 400, path: '/v1/charges', times: 10_000 })
  let kills = 0
  for (const counted of [0, 150]) {
    await until(async () => {
      const { state, found } = await shown()
      return state !== 'running' || found > counted
    }, RESUMED_WITHIN_MS)
    if ((await shown()).state !== 'running') break
    program.child.kill('SIGKILL')
    await program.ended
    kills += 1
    await start()
  }
  expect(kills).toBeGreaterThan(0)
  await tell(double, 'DELETE /faults', {})
  await until(async () => (await shown()).state !== 'running', RESUMED_WITHIN_MS)
  expect(await shown()).toMatchObject({
    ...{ state: 'done', found: CHARGES, counted: CHARGES },
    ...{ duplicates: 0, ignored: 0, failed: 0 },
  })
  const logs: Body[] = await call('GET', '/schema/streak_log/record?limit=1000')
  expect(new Set(logs.map(({ uniqueIdentifier }) => uniqueIdentifier)).size).toBe(CHARGES)
  expect(logs).toHaveLength(CHARGES)
}, 400_000)

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { limitsOf } from '../../src/http/limits/limits.ts'
import { type Api, type Client, startApi } from '../helpers/api.ts'
import type { LogLine } from '../helpers/recording-logger.ts'
import { until } from '../helpers/until.ts'

let api: Api
let admin: Client
let apiKeyId: string

beforeAll(async () => {
  api = await startApi()
  admin = await api.account('shop')
  const [key] = await api.store.find('api_key', { limit: 1 })
  apiKeyId = key!.id
})
afterAll(() => api.close())

/** The line of the one request that `act` makes. */
async function lineOf(act: () => Promise<unknown>, of: Api = api): Promise<Record<string, unknown>> {
  const requests = () => of.lines.filter(({ fields }) => 'route' in (fields as object))
  const before = requests().length
  await act()
  await until(async () => requests().length === before + 1)
  return (requests().at(-1) as LogLine).fields as Record<string, unknown>
}

describe('the log line of a change', () => {
  it('names the API key that made it, and that of a read does not', async () => {
    const { accountId } = admin
    const streak = await admin.create('streak', { name: 'a', aggregationTargetValue: 1 })
    const path = `/schema/streak/record/${streak.id}`
    const changes = [
      () => admin.post('/schema/streak/record', { name: 'b', aggregationTargetValue: 1 }),
      () => admin.patch(path, { name: 'c' }),
      () => admin.post('/schema/delivery/replay', { reason: 'X' }),
      () => admin.delete(path),
    ]
    for (const change of changes) expect(await lineOf(change)).toMatchObject({ accountId, apiKeyId })
    expect(await lineOf(() => admin.get('/schema/streak/record'))).not.toHaveProperty('apiKeyId')
  })

  it('names the key also where the change is refused', async () => {
    const line = await lineOf(() => admin.post('/schema/streak/record', { name: '' }))
    expect(line).toMatchObject({ status: 400, apiKeyId })
  })
})

describe('the log line of a refusal', () => {
  it('names the address it came from: wrong credentials, a forged webhook, too many requests', async () => {
    const wrong = { headers: { 'x-api-key': 'sk_nobody', 'x-api-secret': 'guess' } }
    expect(await lineOf(() => api.send('/schema/streak/record', wrong))).toMatchObject({
      status: 401,
      address: '127.0.0.1',
    })
    const connector = await admin.create('connector', {
      name: 'shop',
      platform: 'shopify',
      credentials: { webhookSecrets: ['hush-hush-hush-hush'] },
      settings: { shopDomain: 'example.myshopify.com' },
    })
    const forged = {
      method: 'POST',
      headers: {
        'x-shopify-hmac-sha256': Buffer.alloc(32).toString('base64'),
        'content-type': 'application/json',
      },
      body: '{}',
    }
    expect(await lineOf(() => api.send(String(connector.webhookPath), forged))).toMatchObject({
      status: 401,
      address: '127.0.0.1',
    })
    const limited = await startApi({ limits: limitsOf(1, 1) })
    try {
      await limited.send('/schema/streak/record')
      const line = await lineOf(() => limited.send('/schema/streak/record'), limited)
      expect(line).toMatchObject({ status: 429, address: '127.0.0.1' })
    } finally {
      await limited.close()
    }
  })

  it('is the only one that does', async () => {
    expect(await lineOf(() => admin.get('/schema/streak/record'))).not.toHaveProperty('address')
    const missing = '/schema/streak/record/01890000-0000-7000-8000-000000000000'
    expect(await lineOf(() => admin.get(missing))).not.toHaveProperty('address')
  })
})

describe('the reference', () => {
  it('can be switched off: there is nothing at its addresses then', async () => {
    const bare = await startApi({ servesReference: false })
    try {
      for (const path of ['/docs', '/docs/', '/docs/page.css', '/openapi.json', '/api/v1.0/openapi.json']) {
        expect([path, (await bare.send(path)).status]).toEqual([path, 404])
        expect([path, (await api.send(path, { redirect: 'manual' })).status]).not.toEqual([path, 404])
      }
    } finally {
      await bare.close()
    }
  })
})

import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { createHttpProvider } from '../../src/coupons/http.ts'
import { sign, signingKey } from '../../src/coupons/signature.ts'
import type { CouponRequest } from '../../src/ports/coupon-provider.ts'
import { couponRequest, newSigningSecret } from '../helpers/coupon-requests.ts'
import { type CouponService, startCouponService } from '../helpers/coupon-service.ts'
import { makeTempFolder } from '../helpers/temp-folder.ts'

const signingSecret = newSigningSecret()
const clock = { now: Date.now }
let dataFile: string
let removeFolder: () => Promise<void>
let service: CouponService

beforeEach(async () => {
  const [folder, remove] = await makeTempFolder()
  removeFolder = remove
  dataFile = join(folder, 'coupons.jsonl')
  service = await startCouponService({ dataFile, signingSecret })
})

afterEach(async () => {
  await service.stop()
  await removeFolder()
})

async function restart(): Promise<void> {
  await service.stop()
  service = await startCouponService({ dataFile, signingSecret })
}

function ask(given: Partial<CouponRequest> = {}) {
  const provider = createHttpProvider({ clock, allowedHosts: [new URL(service.url).host] })
  const request = couponRequest({ settings: { url: service.url }, credentials: { signingSecret }, ...given })
  return provider.issue(request)
}

/** A request of our own making, signed unless told otherwise. */
async function send(
  body: string,
  given: { timestampSeconds?: number; secret?: string; headers?: Record<string, string>; url?: string } = {},
): Promise<number> {
  const timestampSeconds = given.timestampSeconds ?? Math.floor(Date.now() / 1000)
  const key = signingKey(given.secret ?? signingSecret)
  if (key === null) throw new Error('secret refused')
  const response = await fetch(given.url ?? service.url, {
    method: 'POST',
    headers: {
      'idempotency-key': 'k',
      'webhook-id': 'k',
      'webhook-timestamp': String(timestampSeconds),
      'webhook-signature': sign(key, { id: 'k', timestampSeconds, body }),
      ...given.headers,
    },
    body,
  })
  await response.arrayBuffer()
  return response.status
}

describe('the books', () => {
  it('hold one coupon per key and count how often each was asked for', async () => {
    const expiresAt = Date.parse('2030-01-01T00:00:00Z')
    const one = { rewardLogId: 'one', code: 'ONE', expiresAt }
    for (let time = 0; time < 3; time++) {
      expect(await ask(one)).toEqual({ outcome: 'issued', code: 'ONE', expiresAt })
    }
    await ask({ rewardLogId: 'two', code: 'TWO' })
    expect(service.issued()).toEqual([
      { key: 'one', code: 'ONE', expiresAt: '2030-01-01T00:00:00.000Z', asked: 3 },
      { key: 'two', code: 'TWO', expiresAt: null, asked: 1 },
    ])
  })

  it('answer a key that comes back with another code with the coupon made first', async () => {
    await ask({ rewardLogId: 'one', code: 'ONE' })
    expect(await ask({ rewardLogId: 'one', code: 'OTHER' })).toMatchObject({ code: 'ONE' })
    expect(service.issued()).toEqual([{ key: 'one', code: 'ONE', expiresAt: null, asked: 2 }])
  })

  it('hold one coupon when 20 requests for one key arrive together', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) => ask({ rewardLogId: 'one', code: `CODE-${index}` })),
    )
    expect(new Set(outcomes.map((outcome) => outcome.outcome === 'issued' && outcome.code)).size).toBe(1)
    expect(service.issued()).toMatchObject([{ key: 'one', asked: 20 }])
  })

  it('are still there after a restart', async () => {
    await ask({ rewardLogId: 'one', code: 'ONE' })
    await ask({ rewardLogId: 'one', code: 'ONE' })
    await restart()
    expect(service.issued()).toEqual([{ key: 'one', code: 'ONE', expiresAt: null, asked: 2 }])
    expect(await ask({ rewardLogId: 'one', code: 'OTHER' })).toMatchObject({ code: 'ONE' })
  })

  it('leave out a line that a crash cut short, and go on behind the last whole one', async () => {
    await ask({ rewardLogId: 'one', code: 'ONE' })
    await service.stop()
    await appendFile(dataFile, '{"key":"half","code":"HA')
    service = await startCouponService({ dataFile, signingSecret })
    await ask({ rewardLogId: 'two', code: 'TWO' })
    await restart()
    expect(service.issued().map(({ key }) => key)).toEqual(['one', 'two'])
    expect((await readFile(dataFile, 'utf8')).split('\n')).toHaveLength(3)
  })

  it('with two coupons for one key are refused, not mended', async () => {
    await service.stop()
    await writeFile(
      dataFile,
      '{"key":"one","code":"A","expiresAt":null}\n{"key":"one","code":"B","expiresAt":null}\n',
    )
    await expect(startCouponService({ dataFile, signingSecret })).rejects.toThrow(
      /two coupons for the key one/,
    )
  })

  it('can be read over HTTP', async () => {
    await ask({ rewardLogId: 'one', code: 'ONE' })
    const response = await fetch(service.url)
    expect(await response.json()).toEqual({ coupons: service.issued() })
  })
})

describe('requests that are refused', () => {
  const body = JSON.stringify({ idempotencyKey: 'k', code: 'A', expiresAt: null })
  const nowSeconds = () => Math.floor(Date.now() / 1000)

  afterEach(() => expect(service.issued()).toEqual([]))

  it('signed with another secret', async () => {
    expect(await send(body, { secret: newSigningSecret() })).toBe(401)
  })

  it('with a signature over something else, or none', async () => {
    expect(await send(body, { headers: { 'webhook-id': 'other' } })).toBe(401)
    expect(await send(body, { headers: { 'webhook-timestamp': String(nowSeconds() - 1) } })).toBe(401)
    expect(await send(body, { headers: { 'webhook-signature': '' } })).toBe(401)
    expect(await send(body, { headers: { 'webhook-timestamp': 'now' } })).toBe(401)
  })

  it('signed more than five minutes ago, or ahead', async () => {
    expect(await send(body, { timestampSeconds: nowSeconds() - 310 })).toBe(401)
    expect(await send(body, { timestampSeconds: nowSeconds() + 310 })).toBe(401)
  })

  it('with an unsigned key that differs from the signed one', async () => {
    expect(await send(body, { headers: { 'idempotency-key': 'other' } })).toBe(400)
  })

  it('with a body that says too little, is no JSON or is larger than 64 KiB', async () => {
    expect(await send('{}')).toBe(400)
    expect(await send('{')).toBe(400)
    const large = await send('x'.repeat(65_537)).catch(() => 413)
    expect(large).toBe(413)
  })

  it('for another path or with another method', async () => {
    expect(await send(body, { url: new URL('/other', service.url).href })).toBe(404)
    expect((await fetch(service.url, { method: 'DELETE' })).status).toBe(405)
  })
})

describe('starting and stopping', () => {
  it('with a malformed secret is refused with the rule', async () => {
    await expect(startCouponService({ dataFile, signingSecret: 'secret' })).rejects.toThrow(/whsec_/)
  })

  it('on a taken port is refused, and on a given free one done', async () => {
    const port = Number(new URL(service.url).port)
    await expect(startCouponService({ dataFile, signingSecret, port })).rejects.toThrow(/EADDRINUSE/)
    await service.stop()
    service = await startCouponService({ dataFile, signingSecret, port })
    expect(new URL(service.url).port).toBe(String(port))
  })

  it('can be stopped twice', async () => {
    await service.stop()
    await service.stop()
    await expect(fetch(service.url)).rejects.toThrow()
  })
})

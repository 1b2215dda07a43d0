import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { startVoucherifyDouble, type VoucherifyDouble } from '../../../src/doubles/voucherify/index.ts'
import { tell } from '../../helpers/doubles.ts'

let voucherify: VoucherifyDouble

beforeEach(async () => {
  voucherify = await startVoucherifyDouble()
})

afterEach(() => voucherify.stop())

interface Answered {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: answers are read as JSON, as a client of the platform would
  readonly body: any
}

async function ask(route: string, body?: object, headers: Record<string, string> = {}): Promise<Answered> {
  const [method = 'GET', path = ''] = route.split(' ')
  const { appId, appToken } = voucherify.project()
  const response = await fetch(`${voucherify.origin}${path}`, {
    method,
    headers: {
      'x-app-id': appId,
      'x-app-token': appToken,
      'x-forwarded-host': 'api.voucherify.io',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, headers: response.headers, body: await response.json() }
}

const publish = (changes: object = {}, query = ''): Promise<Answered> =>
  ask(`POST /v1/publications${query}`, {
    campaign: { name: 'Streaks' },
    customer: { source_id: 'shopify:1' },
    ...changes,
  })

describe('publications', () => {
  it('hand out a voucher of the campaign, another each time', async () => {
    const { status, body } = await publish({ source_id: 'r1' })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      id: expect.stringMatching(/^pub_/),
      source_id: 'r1',
      result: 'SUCCESS',
      tracking_id: 'shopify:1',
      voucher: {
        active: true,
        campaign: 'Streaks',
        expiration_date: null,
        redemption: { quantity: 1, redeemed_quantity: 0 },
      },
    })
    expect((await publish({ source_id: 'r2' })).body.voucher.code).not.toBe(body.voucher.code)
  })

  it('of a source id that is there are refused, or give the same voucher: both are documented', async () => {
    const { voucher } = (await publish({ source_id: 'r1' })).body
    expect(await publish({ source_id: 'r1' })).toMatchObject({
      status: 400,
      body: {
        code: 400,
        key: 'duplicate_source_id',
        message: 'Duplicate source_id',
        details: "Publication with source_id: 'r1' already exists",
      },
    })
    const found = (await ask('GET /v1/publications?source_id=r1')).body
    expect(found).toMatchObject({ total: 1, publications: [{ voucher: { code: voucher.code } }] })
    await tell(voucherify, 'POST /project', { replay: 'same' })
    expect((await publish({ source_id: 'r1' })).body.voucher.code).toBe(voucher.code)
    expect((await ask('GET /v1/publications')).body.total).toBe(1)
  })

  it('TRAP: are listed with vouchers that do not tell when they end, the newest first', async () => {
    await tell(voucherify, 'POST /campaigns', { name: 'Streaks', expiresAt: '2099-01-01T00:00:00.000Z' })
    const { voucher } = (await publish({ source_id: 'r1' })).body
    expect(voucher.expiration_date).toBe('2099-01-01T00:00:00.000Z')
    await publish({ source_id: 'r2' })
    const { publications } = (await ask('GET /v1/publications')).body
    expect(publications.map((one: { source_id: string }) => one.source_id)).toEqual(['r2', 'r1'])
    expect(publications[1].voucher).toEqual({
      code: voucher.code,
      object: 'voucher',
      campaign: 'Streaks',
      discount: voucher.discount,
      is_referral_code: false,
    })
    expect((await ask('GET /v1/publications?page=1001')).body.key).toBe('page_over_limit')
  })

  it('end with the campaign', async () => {
    const ends = new Date(voucherify.clock.now() + 60_000).toISOString()
    await tell(voucherify, 'POST /campaigns', { name: 'Streaks', expiresAt: ends, autoUpdate: true })
    expect((await publish()).status).toBe(200)
    await tell(voucherify, 'POST /clock', { advanceSeconds: 61 })
    expect((await publish()).body.key).toBe('no_voucher_suitable_for_publication')
  })

  it('end with the codes of the campaign, unless it makes more by itself', async () => {
    await tell(voucherify, 'POST /campaigns/Streaks/exhaust')
    expect((await publish()).body).toMatchObject({ code: 400, key: 'no_voucher_suitable_for_publication' })
    await tell(voucherify, 'POST /campaigns', { name: 'Streaks', autoUpdate: true })
    expect((await publish()).status).toBe(200)
  })

  it('give a customer one and the same code where the query or the campaign says so', async () => {
    const first = (await publish({}, '?join_once=true')).body.voucher.code
    expect((await publish({}, '?join_once=true')).body.voucher.code).toBe(first)
    expect((await publish()).body.voucher.code).not.toBe(first)
    await tell(voucherify, 'POST /campaigns', { name: 'Streaks', joinOnce: true })
    expect((await publish()).body.voucher.code).toBe(first)
    // the other answer that is documented for it
    await tell(voucherify, 'POST /project', { joined: 'refuse' })
    expect((await publish()).body).toMatchObject({ code: 400, key: 'voucher_cannot_be_published' })
  })

  it.each([
    ['neither campaign nor voucher', { campaign: undefined }, 400, 'missing_vouchers'],
    ['no customer', { customer: undefined }, 400, 'invalid_payload'],
    ['join_once in the body', { join_once: true }, 400, 'invalid_payload'],
    ['a customer that nothing names', { customer: { name: 'Ada' } }, 400, 'missing_customer'],
    ['two vouchers at once', { campaign: { name: 'Streaks', count: 2 } }, 400, 'too_many_vouchers_requested'],
    ['an unknown campaign', { campaign: { name: 'Other' } }, 404, 'not_found'],
    ['an unknown voucher', { campaign: undefined, voucher: 'X' }, 404, 'not_found'],
  ])('are refused with %s', async (_, changes, status, key) => {
    expect(await publish(changes)).toMatchObject({
      status,
      body: { code: status, key, request_id: expect.stringMatching(/^v-/) },
    })
  })

  it('take a voucher that is named once', async () => {
    const { code } = (await publish()).body.voucher
    expect((await publish({ campaign: undefined, voucher: code })).body.key).toBe('voucher_already_published')
  })
})

describe('vouchers', () => {
  it('are disabled, and tell whether they were used', async () => {
    const { code } = (await publish()).body.voucher
    await tell(voucherify, `POST /vouchers/${code}/redeem`)
    expect((await ask(`POST /v1/vouchers/${code}/disable`)).body).toMatchObject({ active: false })
    expect((await ask(`GET /v1/vouchers/${code}`)).body).toMatchObject({
      active: false,
      redemption: { redeemed_quantity: 1 },
    })
    await expect(tell(voucherify, `POST /vouchers/${code}/redeem`)).rejects.toThrow('cannot be used')
    await tell(voucherify, `DELETE /vouchers/${code}`)
    expect((await ask(`GET /v1/vouchers/${code}`)).status).toBe(404)
  })
})

describe('limits and plans', () => {
  it('are 429 with when to come back, and count what is left', async () => {
    await tell(voucherify, 'POST /project', { requestsPerMinute: 1 })
    const first = await ask('GET /v1/campaigns/Streaks')
    expect(first.headers.get('x-rate-limit-remaining')).toBe('0')
    // every answer says when the next minute begins
    expect(Number(first.headers.get('x-rate-limit-retry'))).toBeGreaterThan(voucherify.clock.now() / 1000)
    expect(first.headers.get('retry-after')).toBeNull()
    expect(first.headers.get('x-rate-limit-type')).toBeNull()
    expect(first.body).toMatchObject({ name: 'Streaks', vouchers_count: 20 })
    const refused = await ask('GET /v1/campaigns/Streaks')
    expect(refused.status).toBe(429)
    expect(refused.headers.get('x-rate-limit-type')).toBe('api_calls')
    expect(Number(refused.headers.get('x-rate-limit-retry'))).toBeGreaterThan(Date.now() / 1000 - 1)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    await tell(voucherify, 'POST /clock', { advanceSeconds: 60 })
    expect((await ask('GET /v1/campaigns/Streaks')).status).toBe(200)
  })

  it('that ended are 402, or 429 without a word of when', async () => {
    await tell(voucherify, 'POST /project', { plan: 'ended_402' })
    expect((await publish()).status).toBe(402)
    await tell(voucherify, 'POST /project', { plan: 'ended_429' })
    const refused = await publish()
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toBeNull()
    expect(refused.headers.get('x-rate-limit-retry')).toBeNull()
  })

  it('leave nothing behind of a request beyond them, and count those that are refused for themselves', async () => {
    await tell(voucherify, 'POST /project', { requestsPerMinute: 2 })
    const unknown = await ask('GET /v1/campaigns/Other')
    expect([unknown.status, unknown.headers.get('x-rate-limit-remaining')]).toEqual([404, '1'])
    expect((await publish({ source_id: 'r1' })).status).toBe(200)
    expect((await publish({ source_id: 'r2' })).status).toBe(429)
    const { publications } = await tell<{ publications: { source_id: string }[] }>(
      voucherify,
      'GET /publications',
    )
    expect(publications.map(({ source_id: id }) => id)).toEqual(['r1'])
  })

  it('of the cycle are 429 with a day to come back', async () => {
    await tell(voucherify, 'POST /project', { plan: 'cycle_used_up' })
    const refused = await publish()
    expect([refused.status, refused.headers.get('x-rate-limit-type')]).toEqual([429, 'api_calls_cycle'])
    expect(Number(refused.headers.get('retry-after'))).toBe(10 * 86_400)
  })

  it('do not let a method be used that an address does not have, which is told without a key', async () => {
    const refused = await ask('DELETE /v1/publications')
    expect([refused.status, refused.body.key]).toEqual([405, undefined])
  })

  it('are not asked of who has no credentials, or meant somebody else', async () => {
    expect((await ask('GET /v1/publications', undefined, { 'x-app-token': 'x' })).status).toBe(401)
    expect(
      (await ask('GET /v1/publications', undefined, { 'x-forwarded-host': 'api.example.com' })).status,
    ).toBe(404)
    expect(
      (await ask('GET /v1/publications', undefined, { 'x-forwarded-host': 'us1.api.voucherify.io' })).status,
    ).toBe(200)
  })

  it('do not keep a voucher from being handed out by a request whose answer was lost', async () => {
    await tell(voucherify, 'POST /faults', { kind: 'reset_after_effect', path: 'publications' })
    await expect(publish({ source_id: 'r1' })).rejects.toThrow()
    expect((await ask('GET /v1/publications?source_id=r1')).body.total).toBe(1)
  })
})

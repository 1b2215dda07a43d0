import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import Stripe from 'stripe'
import { type StripeDouble, startStripeDouble } from '../../../src/doubles/stripe/index.ts'
import { tell } from '../../helpers/doubles.ts'
import { type ScriptedServer, startScriptedServer } from '../../helpers/scripted-server.ts'

let double: StripeDouble
let stripe: Stripe
let receiver: ScriptedServer

beforeEach(async () => {
  receiver = await startScriptedServer((response) => response.end())
  double = await startStripeDouble()
  stripe = clientOf(double.keys()[1]?.id ?? '')
})

afterEach(async () => {
  await double.stop()
  await receiver.stop()
})

function clientOf(key: string, options: object = {}): Stripe {
  const port = Number(new URL(double.origin).port)
  return new Stripe(key, {
    host: '127.0.0.1',
    port,
    protocol: 'http',
    telemetry: false,
    maxNetworkRetries: 0,
    ...options,
  })
}

/** A request by hand, for what the library would not send. */
async function post(
  path: string,
  body: string,
  headers: Record<string, string> = {},
): Promise<{
  status: number
  headers: Headers
  error: Record<string, string>
  body: Record<string, unknown>
}> {
  const response = await fetch(`${double.origin}${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${double.keys()[1]?.id}`,
      'content-type': 'application/x-www-form-urlencoded',
      ...headers,
    },
    body,
  })
  const answer = (await response.json()) as { error: Record<string, string> }
  return { status: response.status, headers: response.headers, error: answer.error, body: answer }
}

const failure = (work: Promise<unknown>): Promise<Stripe.errors.StripeError> =>
  work.then(
    () => {
      throw new Error('it succeeded')
    },
    (error: unknown) => error as Stripe.errors.StripeError,
  )

const url = (): string => `http://127.0.0.1:${receiver.port}/webhooks/stripe/1`

describe('coupons and promotion codes', () => {
  it('are made, found by their code, used, and set inactive', async () => {
    const coupon = await stripe.coupons.create({ id: 'ten', percent_off: 10 })
    expect(coupon).toMatchObject({ id: 'ten', duration: 'once', amount_off: null, valid: true })
    const made = await stripe.promotionCodes.create({
      promotion: { type: 'coupon', coupon: 'ten' },
      code: 'STREAK-1',
      max_redemptions: 1,
      expires_at: Math.floor(Date.now() / 1000) + 3600,
      metadata: { streakline_reward_log: 'r1' },
    })
    expect(made).toMatchObject({
      active: true,
      code: 'STREAK-1',
      times_redeemed: 0,
      promotion: { type: 'coupon', coupon: 'ten' },
    })
    const { data } = await stripe.promotionCodes.list({ code: 'streak-1', active: true })
    expect(data.map(({ id }) => id)).toEqual([made.id])
    await tell(double, 'POST /promotion-codes/STREAK-1/redeem')
    expect(await stripe.promotionCodes.update(made.id, { active: false })).toMatchObject({
      active: false,
      times_redeemed: 1,
    })
    expect(
      (await stripe.promotionCodes.retrieve(made.id, { expand: ['promotion.coupon'] })).promotion.coupon,
    ).toMatchObject({ percent_off: 10 })
  })

  it('may have one code once among the active ones of a customer, whatever its case', async () => {
    await stripe.coupons.create({ id: 'ten', percent_off: 10 })
    await tell(double, 'POST /customers', { id: 'cus_1' })
    const promotion = { type: 'coupon', coupon: 'ten' } as const
    const first = await stripe.promotionCodes.create({ promotion, code: 'TWIN' })
    expect((await failure(stripe.promotionCodes.create({ promotion, code: 'twin' }))).message).toBe(
      'An active promotion code with `code: twin` already exists.',
    )
    // a text that anybody may use is nobody else's: https://docs.stripe.com/billing/subscriptions/coupons
    await expect(
      stripe.promotionCodes.create({ promotion, code: 'twin', customer: 'cus_1' }),
    ).rejects.toMatchObject({ statusCode: 400, code: undefined, param: undefined })
    await stripe.promotionCodes.update(first.id, { active: false })
    await stripe.promotionCodes.create({ promotion, code: 'twin', customer: 'cus_1' })
    await tell(double, 'POST /customers', { id: 'cus_2' })
    await stripe.promotionCodes.create({ promotion, code: 'twin', customer: 'cus_2' })
    await expect(stripe.promotionCodes.create({ promotion, code: 'twin' })).rejects.toThrow('already exists')
    expect((await stripe.promotionCodes.list({ code: 'twin' })).data).toHaveLength(3)
  })

  it.each([
    [
      'the coupon at the top, as before 2025-09-30',
      'coupon=ten',
      'parameter_unknown',
      'Received unknown parameter: coupon',
    ],
    ['no promotion', 'code=A', 'parameter_missing', 'Missing required param: promotion.'],
    [
      'an unknown coupon',
      'promotion[type]=coupon&promotion[coupon]=x',
      'resource_missing',
      "No such coupon: 'x'",
    ],
    [
      'an unknown customer',
      'promotion[type]=coupon&promotion[coupon]=ten&customer=cus_x',
      'resource_missing',
      "No such customer: 'cus_x'",
    ],
    [
      'an underscore in the code',
      'promotion[type]=coupon&promotion[coupon]=ten&code=A_B',
      undefined,
      'Promotion codes can only contain alphanumeric characters and dashes.',
    ],
    [
      'an end in the past',
      'promotion[type]=coupon&promotion[coupon]=ten&expires_at=1',
      undefined,
      'The expires_at must be in the future.',
    ],
    [
      'a word for a number',
      'promotion[type]=coupon&promotion[coupon]=ten&max_redemptions=one',
      'parameter_invalid_integer',
      'Invalid integer: one',
    ],
    [
      'an empty text',
      'promotion[type]=coupon&promotion[coupon]=ten&code=',
      'parameter_invalid_empty',
      /cannot be unset/,
    ],
  ])('are refused with %s', async (_, body, code, message) => {
    await stripe.coupons.create({ id: 'ten', percent_off: 10 })
    const unknown = body === 'coupon=ten' ? `${body}&promotion[type]=coupon&promotion[coupon]=ten` : body
    const { status, error } = await post('/v1/promotion_codes', unknown)
    expect(status).toBe(400)
    expect(error.code).toBe(code)
    expect(error.message).toEqual(typeof message === 'string' ? message : expect.stringMatching(message))
  })

  it('of an id that is there are refused, and one that was deleted is gone', async () => {
    await stripe.coupons.create({ id: 'ten', percent_off: 10 })
    expect((await failure(stripe.coupons.create({ id: 'ten', percent_off: 10 }))).code).toBe(
      'resource_already_exists',
    )
    expect((await failure(stripe.coupons.create({ amount_off: 500 }))).message).toBe(
      'Missing required param: currency.',
    )
    await tell(double, 'DELETE /coupons/ten')
    const gone = await failure(stripe.coupons.retrieve('ten'))
    expect([gone.statusCode, gone.code]).toEqual([404, 'resource_missing'])
  })
})

describe('keys', () => {
  it('may do what they were given, and are told in Stripe’s words what they lack', async () => {
    const { id } = await tell<{ id: string }>(double, 'POST /keys', { permissions: ['rak_coupon_write'] })
    const restricted = clientOf(id)
    const denied = await failure(restricted.charges.list())
    expect(denied).toBeInstanceOf(Stripe.errors.StripePermissionError)
    expect(denied.statusCode).toBe(403)
    expect(denied.message).toMatch(
      new RegExp(
        `^The provided key 'rk_test_\\*+.{6}' does not have the required permissions for this endpoint on account '${double.accountId}'\\. Having the 'rak_charge_read' permission would allow this request to continue\\.$`,
      ),
    )
    // write contains read, and what is lacking is said before what is wrong with the parameters
    expect((await restricted.coupons.list()).data).toEqual([])
    expect((await failure(restricted.promotionCodes.create({} as never))).statusCode).toBe(403)
    expect((await failure(restricted.coupons.create({} as never))).statusCode).toBe(400)
  })

  it('that are unknown, expired or missing are 401', async () => {
    expect((await failure(clientOf('sk_test_unknown').coupons.list())).message).toBe(
      'Invalid API Key provided: sk_test_*nknown',
    )
    const key = double.keys()[1]?.id ?? ''
    await tell(double, 'POST /keys/expire', { key })
    expect(await failure(stripe.coupons.list())).toMatchObject({ statusCode: 401, code: 'api_key_expired' })
    expect((await fetch(`${double.origin}/v1/coupons`)).status).toBe(401)
  })

  it('of live and test mode do not see each other’s objects', async () => {
    const { id } = await tell<{ id: string }>(double, 'POST /keys', { live: true, permissions: null })
    await tell(double, 'POST /charges', { live: true })
    expect((await clientOf(id).charges.list()).data).toHaveLength(1)
    expect((await stripe.charges.list()).data).toHaveLength(0)
    expect((await clientOf(id).accounts.retrieveCurrent()).id).toBe(double.accountId)
  })
})

describe('idempotency', () => {
  const body = 'percent_off=10'

  it('answers the same again under the same key, and refuses other parameters', async () => {
    const headers = { 'idempotency-key': 'k1' }
    const first = await post('/v1/coupons', body, headers)
    const again = await post('/v1/coupons', body, headers)
    expect(again.body).toEqual(first.body)
    expect(first.headers.get('idempotent-replayed')).toBeNull()
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    const other = await failure(stripe.coupons.create({ percent_off: 20 }, { idempotencyKey: 'k1' }))
    expect(other).toBeInstanceOf(Stripe.errors.StripeIdempotencyError)
    expect(other.message).toContain('with the same parameters they were first used with')
    expect((await post('/v1/webhook_endpoints', body, headers)).error.message).toContain(
      "('/v1/webhook_endpoints' vs '/v1/coupons')",
    )
  })

  it('forgets a key after 24 hours, and keeps none of a request that was refused', async () => {
    const headers = { 'idempotency-key': 'k1' }
    expect((await post('/v1/coupons', 'percent_off=1000', headers)).status).toBe(400)
    const first = await post('/v1/coupons', body, headers)
    await tell(double, 'POST /clock', { advanceSeconds: 24 * 3600 })
    expect((await post('/v1/coupons', body, headers)).body.id).not.toBe(first.body.id)
  })

  it('answers a failure after the effect again as a failure: whoever wants to know has to look', async () => {
    await tell(double, 'POST /faults', { kind: 'error_after_effect', status: 500, path: 'coupons' })
    const create = (): Promise<unknown> =>
      stripe.coupons.create({ id: 'ten', percent_off: 10 }, { idempotencyKey: 'k1' })
    expect((await failure(create())).statusCode).toBe(500)
    expect((await failure(create())).statusCode).toBe(500)
    expect((await stripe.coupons.retrieve('ten')).id).toBe('ten')
  })
})

describe('limits and versions', () => {
  it('are 429 beyond 25 a second for each endpoint, with the reason', async () => {
    await tell(double, 'POST /limits', { endpoint: 1 })
    await stripe.coupons.list()
    const refused = await failure(stripe.coupons.list())
    expect(refused).toBeInstanceOf(Stripe.errors.StripeRateLimitError)
    expect(refused.headers?.['stripe-rate-limited-reason']).toBe('endpoint-rate')
    await tell(double, 'POST /clock', { advanceSeconds: 1 })
    await stripe.coupons.list()
  })

  it('have an answer for each version since promotion codes changed, and refuse others', async () => {
    const headers = (version: string): Record<string, string> => ({ 'stripe-version': version })
    expect((await post('/v1/coupons', 'percent_off=1', headers('2025-09-30.clover'))).status).toBe(200)
    expect((await post('/v1/coupons', 'percent_off=1', headers('2024-06-20'))).error.message).toBe(
      'Invalid Stripe API version: 2024-06-20',
    )
    expect((await post('/v1/coupons', 'percent_off=1', headers('2026-10-29.endive'))).status).toBe(400)
    expect((await post('/v1/coupons', 'percent_off=1')).headers.get('request-id')).toMatch(/^req_/)
    expect((await post('/v1/nothing', '')).status).toBe(404)
    expect((await post('/v1/coupons', '{}', { 'content-type': 'application/json' })).status).toBe(400)
  })

  it('know the host that they were meant for', async () => {
    const response = await fetch(`${double.origin}/v1/coupons`, {
      headers: { authorization: `Bearer ${double.keys()[1]?.id}`, 'x-forwarded-host': 'api.example.com' },
    })
    expect(response.status).toBe(404)
  })
})

describe('webhook endpoints', () => {
  it('show their secret once, and sign what happens to charges with it', async () => {
    const made = await stripe.webhookEndpoints.create({
      url: url(),
      enabled_events: ['charge.succeeded', 'charge.refunded', 'refund.created'],
      api_version: '2026-10-28.endive',
    })
    expect(made.secret).toMatch(/^whsec_/)
    expect(await stripe.webhookEndpoints.retrieve(made.id)).not.toHaveProperty('secret')
    const charge = await tell<{ id: string }>(double, 'POST /charges', {
      email: 'ada@example.com',
      metadata: { order_id: '1004' },
    })
    await tell(double, `POST /charges/${charge.id}/refund`, { amount: 500 })
    await tell(double, 'POST /deliveries/settled')
    const events = receiver.seen.map(({ body, headers }) =>
      Stripe.webhooks.constructEvent(body, String(headers['stripe-signature']), made.secret ?? ''),
    )
    expect(events.map(({ type }) => type).sort()).toEqual([
      'charge.refunded',
      'charge.succeeded',
      'refund.created',
    ])
    expect(events.find(({ type }) => type === 'charge.refunded')?.data.object).toMatchObject({
      amount_refunded: 500,
      refunded: false,
      metadata: { order_id: '1004' },
    })
    const { data } = await stripe.events.list({ types: ['charge.succeeded'] })
    expect(data.map(({ id }) => id)).toEqual(
      events.filter(({ type }) => type === 'charge.succeeded').map(({ id }) => id),
    )
  })

  it('sign with both secrets while one is rolled', async () => {
    const made = await stripe.webhookEndpoints.create({ url: url(), enabled_events: ['charge.succeeded'] })
    await tell(double, `POST /endpoints/${made.id}/roll`)
    await tell(double, 'POST /charges')
    await tell(double, 'POST /deliveries/settled')
    const [seen] = receiver.seen
    expect(String(seen?.headers['stripe-signature']).match(/v1=/g)).toHaveLength(2)
    Stripe.webhooks.constructEvent(
      seen?.body ?? '',
      String(seen?.headers['stripe-signature']),
      made.secret ?? '',
    )
  })

  it('hear nothing of connected accounts unless they asked, and nothing while disabled', async () => {
    const own = await stripe.webhookEndpoints.create({ url: url(), enabled_events: ['*'] })
    await tell(double, 'POST /charges', { account: 'acct_other' })
    await tell(double, `POST /endpoints/${own.id}/disable`)
    await tell(double, 'POST /charges')
    await tell(double, 'POST /deliveries/settled')
    expect(receiver.seen).toHaveLength(0)
    expect((await stripe.webhookEndpoints.update(own.id, { disabled: false })).status).toBe('enabled')
    await stripe.webhookEndpoints.del(own.id)
    expect((await stripe.webhookEndpoints.list()).data).toEqual([])
  })

  it.each([
    ['an event that is none', 'url=https://a.example&enabled_events[]=charge.sold', 'enabled_events[0]'],
    ['no scheme', 'url=a.example&enabled_events[]=*', 'url'],
    ['a version that is none', 'url=https://a.example&enabled_events[]=*&api_version=1', 'api_version'],
    ['no events', 'url=https://a.example', 'enabled_events'],
    ['a secret of one’s own', 'url=https://a.example&enabled_events[]=*&secret=x', 'secret'],
  ])('are refused with %s', async (_, body, param) => {
    const { status, error } = await post('/v1/webhook_endpoints', body)
    expect([status, error.param]).toEqual([400, param])
  })

  it('keep their version for ever', async () => {
    const made = await stripe.webhookEndpoints.create({
      url: url(),
      enabled_events: ['*'],
      api_version: '2026-10-28.endive',
    })
    expect((await post(`/v1/webhook_endpoints/${made.id}`, 'api_version=2026-09-30.endive')).error.code).toBe(
      'parameter_unknown',
    )
  })
})

describe('lists', () => {
  it('go from the newest to the oldest, page by page, with refunds where they are asked for', async () => {
    for (const amount of [100, 200, 300]) await tell(double, 'POST /charges', { amount })
    const all: number[] = []
    for await (const charge of stripe.charges.list({ limit: 1 })) all.push(charge.amount)
    expect(all).toEqual([300, 200, 100])
    const [newest] = (await stripe.charges.list({ limit: 1 })).data
    await tell(double, `POST /charges/${newest?.id}/refund`, {})
    const [expanded] = (await stripe.charges.list({ limit: 1, expand: ['data.refunds'] })).data
    expect(expanded?.refunds?.data).toMatchObject([{ amount: 300, status: 'succeeded' }])
    expect((await failure(stripe.charges.list({ starting_after: 'ch_x' }))).message).toBe(
      "No such charge: 'ch_x'",
    )
    expect((await failure(stripe.charges.list({ limit: 101 }))).param).toBe('limit')
    expect((await failure(stripe.charges.list({ expand: ['data.invoice'] }))).message).toBe(
      'This property cannot be expanded (invoice).',
    )
  })

  it('have charges that no event told of', async () => {
    await tell(double, 'POST /charges', { tell: false, created: '2026-01-01T00:00:00Z' })
    expect((await stripe.charges.list()).data).toMatchObject([{ created: 1_767_225_600 }])
    expect((await stripe.events.list()).data).toEqual([])
  })

  it('of events end after 30 days', async () => {
    await tell(double, 'POST /charges')
    expect((await stripe.events.list()).data).toHaveLength(2)
    await tell(double, 'POST /clock', { advanceSeconds: 30 * 86_400 + 1 })
    expect((await stripe.events.list()).data).toHaveLength(0)
    expect(
      (await stripe.charges.list({ created: { lt: Math.floor(Date.now() / 1000) + 60 } })).data,
    ).toHaveLength(1)
  })
})

describe('a charge', () => {
  it('is made once under its id, shown, and told of again by an event of its own', async () => {
    await stripe.webhookEndpoints.create({ url: url(), enabled_events: ['charge.succeeded'] })
    await tell(double, 'POST /charges', { id: 'ch_1', amount: 1200 })
    await expect(tell(double, 'POST /charges', { id: 'ch_1' })).rejects.toThrow(
      'there is a charge ch_1 already',
    )
    expect(await tell(double, 'GET /charges/ch_1')).toMatchObject({ amount: 1200, captured: true })
    await expect(tell(double, 'GET /charges/ch_2')).rejects.toThrow('there is no charge ch_2')
    await tell(double, 'POST /charges/ch_1/tell', { type: 'charge.succeeded' })
    await tell(double, 'POST /deliveries/settled')
    const events = receiver.seen.map(({ body }) => JSON.parse(body))
    expect(events.map(({ type, data }) => [type, data.object.id])).toEqual([
      ['charge.succeeded', 'ch_1'],
      ['charge.succeeded', 'ch_1'],
    ])
    expect(events[0].id).not.toBe(events[1].id)
    await expect(tell(double, 'POST /charges/ch_1/tell', { type: 'refund.created' })).rejects.toThrow('type')
  })
})

describe('what becomes of money', () => {
  it('is told by refunds that fail, disputes and captures', async () => {
    await stripe.webhookEndpoints.create({ url: url(), enabled_events: ['*'] })
    const { id } = await tell<{ id: string }>(double, 'POST /charges', { captured: false })
    await tell(double, `POST /charges/${id}/capture`, { amount: 1500 })
    const refund = await tell<{ id: string }>(double, `POST /charges/${id}/refund`, { status: 'pending' })
    await tell(double, `POST /refunds/${refund.id}`, { status: 'failed' })
    const dispute = await tell<{ id: string }>(double, `POST /charges/${id}/dispute`, {})
    await tell(double, `POST /disputes/${dispute.id}`, { status: 'won' })
    await tell(double, 'POST /deliveries/settled')
    expect(receiver.seen.map(({ body }) => JSON.parse(body).type).sort()).toEqual([
      'charge.captured',
      'charge.dispute.closed',
      'charge.dispute.created',
      'charge.dispute.funds_reinstated',
      'charge.dispute.funds_withdrawn',
      'charge.refund.updated',
      'charge.refunded',
      'charge.succeeded',
      'refund.created',
      'refund.failed',
      'refund.updated',
    ])
    expect(await stripe.charges.retrieve(id)).toMatchObject({
      amount_captured: 1500,
      amount_refunded: 0,
      disputed: true,
    })
  })
})

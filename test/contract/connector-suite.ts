import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { Connector, Translation, VerifyInput } from '../../src/ports/connector.ts'
import type { ConnectorRule } from '../../src/ports/schema.ts'
import { activityOf, outcomesOf, rule } from '../helpers/rules.ts'
import type { SignedRequest } from '../helpers/signed.ts'

/** A purchase that counts, in words every platform has. */
export interface PurchaseOptions {
  readonly orderId: string
  /** null is a guest. */
  readonly customerId: string | null
  readonly email: string | null
  readonly atMs: number
  /** Decimal digits, at most 2 decimals. */
  readonly total: string
  /** A currency with 2 decimals. */
  readonly currency: string
  readonly isTest: boolean
}

export interface ConnectorSetup {
  readonly connector: Connector
  readonly settings: Readonly<Record<string, unknown>>
  /** Names of the headers that carry a signature. */
  readonly signatureHeaders: readonly string[]
  /** A header value that is no signature at all. */
  readonly malformedSignature: string
  readonly topic: string
  /** Topics the platform really sends, of which the connector wants none. */
  readonly otherTopics: readonly string[]
  /** Raw body of a purchase. */
  purchase(options: PurchaseOptions): string
  /** A webhook with that body as the platform would sign and send it. */
  sign(body: string, secret: string, signedAtMs: number): SignedRequest
}

const NOW = Date.parse('2026-11-22T12:00:00.000Z')
const MINUTE_MS = 60_000
const SECRETS = ['whsec_first', 'whsec_second', 'whsec_third', 'whsec_fourth', 'whsec_fifth']
const USUAL: PurchaseOptions = {
  orderId: '5001',
  customerId: '7001',
  email: 'Buyer@Example.com',
  atMs: NOW - MINUTE_MS,
  total: '42.5',
  currency: 'USD',
  isTest: false,
}

/** What every connector promises, whatever its platform. */
export function describeConnectorContract(name: string, setup: ConnectorSetup): void {
  describe(`${name} connector: signatures`, () => describeSignatures(setup))
  describe(`${name} connector: purchases`, () => describePurchases(setup))
  describe(`${name} connector: rules`, () => describeRules(setup))
  describe(`${name} connector: anything a sender may send`, () => describeHostileInput(setup))
  describe(`${name} connector: what is stored of it`, () => describeSchemas(setup))
}

function verifyInput(request: SignedRequest, secrets: readonly string[] = SECRETS, now = NOW): VerifyInput {
  return { rawBody: request.body, headers: request.headers, secrets, now }
}

function translateWith(
  setup: ConnectorSetup,
  rules: readonly ConnectorRule[],
  changes: Partial<PurchaseOptions> = {},
) {
  return translateBody(setup, setup.purchase({ ...USUAL, ...changes }), rules)
}

function translateBody(setup: ConnectorSetup, body: string, rules: readonly ConnectorRule[]): Translation {
  const rawBody = Buffer.from(body)
  return setup.connector.translate({
    rawBody,
    topic: setup.topic,
    receivedAt: NOW,
    rules,
    purchaseSpace: 'space-1',
  })
}

function describeSignatures(setup: ConnectorSetup): void {
  const { connector, settings } = setup
  const body = setup.purchase(USUAL)
  const refusal = (input: VerifyInput) => {
    const verification = connector.verify(input, settings)
    return verification.ok ? 'accepted' : verification.reason
  }

  it('a signed webhook is accepted with its id and topic', () => {
    const verification = connector.verify(verifyInput(setup.sign(body, 'whsec_first', NOW)), settings)
    expect(verification).toMatchObject({
      ok: true,
      topic: setup.topic,
      webhookId: expect.stringMatching(/./),
    })
    expect(verification).not.toHaveProperty('mismatch')
  })

  it('any of the secrets may have signed, in whatever order they are kept', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...SECRETS),
        fc.shuffledSubarray(SECRETS, { minLength: SECRETS.length }),
        (signer, secrets) => refusal(verifyInput(setup.sign(body, signer, NOW), secrets)) === 'accepted',
      ),
    )
  })

  it('a body with one byte changed is refused', () => {
    const request = setup.sign(body, 'whsec_first', NOW)
    fc.assert(
      fc.property(fc.nat(request.body.length - 1), fc.integer({ min: 1, max: 255 }), (index, change) => {
        const rawBody = Uint8Array.from(request.body)
        rawBody[index] = (rawBody[index] ?? 0) ^ change
        return refusal({ ...verifyInput(request), rawBody }) === 'SIGNATURE_MISMATCH'
      }),
    )
  })

  it('a body with bytes added or cut off is refused', () => {
    const request = setup.sign(body, 'whsec_first', NOW)
    const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf])
    for (const rawBody of [
      Buffer.concat([request.body, Buffer.from(' ')]),
      Buffer.concat([byteOrderMark, request.body]),
      request.body.subarray(0, -1),
      Buffer.alloc(0),
    ]) {
      expect(refusal({ ...verifyInput(request), rawBody })).toBe('SIGNATURE_MISMATCH')
    }
  })

  it('a secret that is not among them is refused', () => {
    expect(refusal(verifyInput(setup.sign(body, 'whsec_other', NOW)))).toBe('SIGNATURE_MISMATCH')
  })

  it('nobody signs with a blank secret, nor where there is none', () => {
    const { body: rawBody, headers } = setup.sign(body, ' ', NOW)
    expect(refusal({ rawBody, headers, secrets: ['', ' ', '\n'], now: NOW })).toBe('SIGNATURE_MISMATCH')
    expect(refusal({ rawBody, headers, secrets: [], now: NOW })).toBe('SIGNATURE_MISMATCH')
  })

  it('a blank secret does not keep the others from verifying', () => {
    expect(refusal(verifyInput(setup.sign(body, 'whsec_first', NOW), ['', ' ', 'whsec_first']))).toBe(
      'accepted',
    )
  })

  it('a missing or blank signature is refused as missing, a broken one as malformed', () => {
    const request = setup.sign(body, 'whsec_first', NOW)
    for (const header of setup.signatureHeaders) {
      const withHeader = (value: string | undefined): VerifyInput => ({
        ...verifyInput(request),
        headers: { ...request.headers, [header]: value },
      })
      expect(refusal(withHeader(undefined))).toBe('SIGNATURE_MISSING')
      expect(refusal(withHeader('  '))).toBe('SIGNATURE_MISSING')
      expect(refusal(withHeader(setup.malformedSignature))).toBe('SIGNATURE_MALFORMED')
    }
  })

  it('a refusal says why, without the secrets and the body', () => {
    const verification = connector.verify(verifyInput(setup.sign(body, 'whsec_other', NOW)), settings)
    const message = verification.ok ? '' : verification.message
    expect(message).not.toBe('')
    for (const secret of [...SECRETS, 'whsec_other', 'xample.com']) expect(message).not.toContain(secret)
  })

  it('the headers that are kept hold no signature', () => {
    const request = setup.sign(body, 'whsec_first', NOW)
    const verification = connector.verify(verifyInput(request), settings)
    const kept = verification.ok ? verification.headers : {}
    expect(Object.keys(kept).length).toBeGreaterThan(0)
    for (const header of setup.signatureHeaders) {
      expect(kept).not.toHaveProperty(header)
      expect(Object.values(kept)).not.toContain(request.headers[header])
    }
  })

  it('a signed body that is not JSON is the right sender all the same', () => {
    expect(refusal(verifyInput(setup.sign('not json', 'whsec_first', NOW)))).toBe('accepted')
  })
}

function describePurchases(setup: ConnectorSetup): void {
  it('a purchase becomes one activity for the member the platform knows', () => {
    const translation = translateWith(setup, [rule({ activityId: 'bought' })])
    expect(translation).toMatchObject({ kind: 'translated', orderId: '5001' })
    expect(activityOf(translation)).toMatchObject({
      externalId: `${setup.connector.platform}:7001`,
      activityAt: NOW - MINUTE_MS,
      activityId: 'bought',
      activityValue: null,
      orderId: '5001',
      purchaseSpace: 'space-1',
      profile: { email: 'Buyer@Example.com' },
      droppedFields: [],
    })
  })

  it('order ids beyond 2^53 keep every digit', () => {
    const translation = translateWith(setup, [rule()], { orderId: '820982911946154508' })
    expect(activityOf(translation).orderId).toBe('820982911946154508')
  })

  it('topics it does not support are ignored, whatever the body says', () => {
    const rawBody = Buffer.from(setup.purchase(USUAL))
    for (const topic of ['', 'no/such.topic', ...setup.otherTopics]) {
      const input = { rawBody, topic, receivedAt: NOW, rules: [rule()], purchaseSpace: 'space-1' }
      expect(setup.connector.translate(input)).toEqual({
        kind: 'ignored',
        reason: 'TOPIC_NOT_SUPPORTED',
        orderId: null,
      })
    }
  })

  it('a body that is not a purchase is ignored as not understood', () => {
    for (const body of [
      '',
      'not json',
      'null',
      '1',
      '"text"',
      '[]',
      '{}',
      '{"id":1}',
      '{"data":{"object":{}}}',
    ]) {
      expect(outcomesOf(translateBody(setup, body, [rule()]))).toBe('BODY_NOT_UNDERSTOOD')
    }
  })

  it('the same input gives the same answer', () => {
    const rules = [rule(), rule({ value: 'order_total', currency: 'USD' })]
    expect(translateWith(setup, rules)).toEqual(translateWith(setup, rules))
  })

  it('a profile is never dated after its receipt', () => {
    const activity = activityOf(translateWith(setup, [rule()], { atMs: NOW + 4 * MINUTE_MS }))
    expect(activity.profileAt).toBeLessThanOrEqual(NOW)
  })

  it('every value it says it measures is measured in decimal digits', () => {
    for (const value of setup.connector.values) {
      const { activityValue } = activityOf(translateWith(setup, [rule({ value, currency: 'USD' })]))
      if (value === 'one') expect(activityValue).toBeNull()
      else expect(activityValue).toMatch(/^\d+(\.\d{1,6})?$/)
    }
    expect(setup.connector.values).toEqual(expect.arrayContaining(['one', 'order_total']))
  })

  it('amounts keep their digits', () => {
    const total = (text: string) =>
      activityOf(translateWith(setup, [rule({ value: 'order_total', currency: 'USD' })], { total: text }))
        .activityValue
    expect(total('42.5')).toBe('42.5')
    expect(total('0.07')).toBe('0.07')
    expect(total('0')).toBe('0')
    expect(total('999999999.99')).toBe('999999999.99')
  })
}

function describeRules(setup: ConnectorSetup): void {
  const outcome = (overrides: Partial<ConnectorRule>, changes: Partial<PurchaseOptions> = {}) => {
    const [only] = outcomesOf(translateWith(setup, [rule(overrides)], changes))
    return only
  }
  const memberOf = (overrides: Partial<ConnectorRule>, changes: Partial<PurchaseOptions> = {}) =>
    activityOf(translateWith(setup, [rule(overrides)], changes)).externalId

  it('each rule has its own outcome, in the order of the rules', () => {
    const rules = [rule(), rule({ currency: 'EUR' }), rule({ activityId: 'third' })]
    expect(outcomesOf(translateWith(setup, rules))).toEqual(['log', 'CURRENCY_MISMATCH', 'log'])
  })

  it('without rules the delivery is ignored under its order id', () => {
    expect(translateWith(setup, [])).toEqual({ kind: 'ignored', reason: 'NO_RULES', orderId: '5001' })
  })

  it('a currency is compared in any case', () => {
    expect(outcome({ currency: 'usd' })).toBe('log')
    expect(outcome({ currency: 'USD' }, { currency: 'usd' })).toBe('log')
    expect(outcome({ currency: 'EUR', value: 'order_total' })).toBe('CURRENCY_MISMATCH')
  })

  it('an amount without a currency is not counted', () => {
    expect(outcome({ value: 'order_total' })).toBe('CURRENCY_MISMATCH')
    expect(outcome({ minimumValue: '1' })).toBe('CURRENCY_MISMATCH')
  })

  it('a purchase of exactly the minimum counts, a smaller one does not', () => {
    const minimum = { currency: 'USD', minimumValue: '42.50' }
    expect(outcome(minimum, { total: '42.5' })).toBe('log')
    expect(outcome(minimum, { total: '42.49' })).toBe('BELOW_MINIMUM')
    expect(outcome({ ...minimum, value: 'order_total' }, { total: '42.49' })).toBe('BELOW_MINIMUM')
  })

  it('a total beyond the limit is out of range as a value, but above every minimum', () => {
    const total = '1000000000.01'
    expect(outcome({ value: 'order_total', currency: 'USD' }, { total })).toBe('VALUE_OUT_OF_RANGE')
    expect(outcome({ minimumValue: '1000000000', currency: 'USD' }, { total })).toBe('log')
    expect(outcome({}, { total })).toBe('log')
  })

  it('test purchases count only where the rule wants them', () => {
    expect(outcome({}, { isTest: true })).toBe('TEST_ORDER')
    expect(outcome({ testOrders: 'count' }, { isTest: true })).toBe('log')
  })

  it('a guest is the member of the address, trimmed and lower-cased', () => {
    expect(memberOf({}, { customerId: null })).toBe('email:buyer@example.com')
    expect(memberOf({ identifyBy: 'email' }, { customerId: null })).toBe('email:buyer@example.com')
    expect(memberOf({}, { customerId: null, email: '  ÅSA@Example.COM ' })).toBe('email:åsa@example.com')
  })

  it('guests are left out where the rule says so, whatever identifies the others', () => {
    expect(outcome({ guests: 'ignore' }, { customerId: null })).toBe('GUEST_IGNORED')
    expect(outcome({ guests: 'ignore', identifyBy: 'email' }, { customerId: null })).toBe('GUEST_IGNORED')
    expect(outcome({ guests: 'ignore', identifyBy: 'email' })).toBe('log')
  })

  it('a known customer is identified by the address where the rule says so', () => {
    expect(memberOf({ identifyBy: 'email' })).toBe('email:buyer@example.com')
  })

  it('without an address nobody else is taken for the buyer', () => {
    for (const email of [
      null,
      '',
      '   ',
      'nobody',
      'two@at@signs',
      'a b@example.com',
      `${'a'.repeat(320)}@example.com`,
    ]) {
      expect(outcome({}, { customerId: null, email })).toBe('NO_EMAIL')
      expect(outcome({ identifyBy: 'email' }, { email })).toBe('NO_EMAIL')
      expect(outcome({}, { email })).toBe('log')
    }
  })

  it('an address that makes too long an id is not shortened', () => {
    const fits = `${'a'.repeat(238)}@example.com`
    expect(memberOf({ identifyBy: 'email' }, { email: fits })).toBe(`email:${fits}`)
    expect(outcome({ identifyBy: 'email' }, { email: `a${fits}` })).toBe('NO_EMAIL')
    expect(activityOf(translateWith(setup, [rule()], { email: `a${fits}` })).profile.email).toBe(`a${fits}`)
  })

  it('a purchase more than 5 minutes ahead of its receipt fails, and may be tried again', () => {
    const at = (atMs: number) => translateWith(setup, [rule()], { atMs })
    expect(outcomesOf(at(NOW + 5 * MINUTE_MS))).toEqual(['log'])
    const ahead = at(NOW + 5 * MINUTE_MS + 1000)
    expect(ahead).toMatchObject({ kind: 'translated', outcomes: [{ kind: 'failed', reason: 'IN_FUTURE' }] })
  })

  it('a purchase of years ago counts at its own time', () => {
    const atMs = Date.parse('1971-03-04T05:06:07Z')
    expect(activityOf(translateWith(setup, [rule()], { atMs })).activityAt).toBe(atMs)
  })

  it('reasons are explained without saying who bought', () => {
    const strict = rule({ currency: 'USD', minimumValue: '1000', guests: 'ignore' })
    const rules = [
      strict,
      rule({ currency: 'EUR' }),
      rule({ guests: 'ignore' }),
      rule({ identifyBy: 'email' }),
    ]
    const translation = translateWith(setup, rules, {
      customerId: null,
      email: `${'private'.repeat(40)}@example.com`,
    })
    const outcomes = translation.kind === 'translated' ? translation.outcomes : []
    const messages = outcomes.map((one) => (one.kind === 'log' ? 'log' : one.message))
    expect(messages).toHaveLength(4)
    for (const message of messages) expect(message).toMatch(/^(?!log$)(?!.*private)./)
  })
}

function describeHostileInput(setup: ConnectorSetup): void {
  const { connector, settings } = setup
  const names = [
    ...setup.signatureHeaders,
    'x-shopify-topic',
    'x-shopify-shop-domain',
    '__proto__',
    'constructor',
  ]
  const anyHeaders = fc.dictionary(
    fc.oneof(fc.constantFrom(...names), fc.string()),
    fc.string({ unit: 'binary' }),
  )
  const anyBody = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.json().map((text) => Buffer.from(text)),
  )
  const anyRules = [
    rule(),
    rule({ value: 'order_total', currency: 'USD', minimumValue: '1', identifyBy: 'email' }),
  ]

  it('verify never throws', () => {
    fc.assert(
      fc.property(anyBody, anyHeaders, fc.array(fc.string()), (rawBody, headers, secrets) => {
        expect(typeof connector.verify({ rawBody, headers, secrets, now: NOW }, settings).ok).toBe('boolean')
      }),
    )
  })

  it('verify never throws for a signed body of any kind', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string({ minLength: 1, unit: 'binary' })), (body) => {
        const request = setup.sign(body.toWellFormed(), 'whsec_first', NOW)
        expect(connector.verify(verifyInput(request), settings).ok).toBe(true)
      }),
    )
  })

  it('translate never throws', () => {
    const topics = fc.constantFrom(setup.topic, ...setup.otherTopics, '')
    fc.assert(
      fc.property(anyBody, topics, (rawBody, topic) => {
        const input = { rawBody, topic, receivedAt: NOW, rules: anyRules, purchaseSpace: 'space-1' }
        expect(connector.translate(input).kind).toBe('ignored')
      }),
    )
  })

  it('translate never throws when any part of a purchase is replaced by anything', () => {
    const purchase = JSON.parse(setup.purchase(USUAL))
    fc.assert(
      fc.property(fc.constantFrom(...pathsOf(purchase)), fc.jsonValue(), (path, value) => {
        const body = JSON.stringify(replaceAt(purchase, path, value))
        expect(translateBody(setup, body, anyRules).kind).toMatch(/^(ignored|translated)$/)
      }),
      { numRuns: 500 },
    )
  })

  it('a body nested ever deeper is not understood, and overflows nothing', () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const nested = `${open.repeat(1_000_000)}1${close.repeat(1_000_000)}`
      const request = setup.sign(nested, 'whsec_first', NOW)
      expect(connector.verify(verifyInput(request), settings).ok).toBe(true)
      expect(outcomesOf(translateBody(setup, nested, [rule()]))).toBe('BODY_NOT_UNDERSTOOD')
    }
  })

  it('names of inherited properties in a body mean nothing', () => {
    const usual = setup.purchase(USUAL)
    const spiked = usual.replace(
      '{',
      '{"__proto__":{"cancelled_at":"x","type":"x"},"constructor":1,"toString":{},',
    )
    expect(translateBody(setup, spiked, [rule()])).toEqual(translateBody(setup, usual, [rule()]))
    expect(({} as Record<string, unknown>).cancelled_at).toBeUndefined()
  })
}

function describeSchemas(setup: ConnectorSetup): void {
  const { credentials, settings } = setup.connector
  const faults = (value: unknown) =>
    credentials.safeParse(value).error?.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`) ??
    []

  it('one to five secrets are taken', () => {
    expect(credentials.parse({ webhookSecrets: ['one'] })).toEqual({ webhookSecrets: ['one'] })
    expect(credentials.parse({ webhookSecrets: SECRETS })).toEqual({ webhookSecrets: SECRETS })
    for (const webhookSecrets of [undefined, [], [...SECRETS, 'sixth'], 'text', ['a', 1]]) {
      expect(faults({ webhookSecrets })).toHaveLength(1)
    }
  })

  it('a secret is a text of 1 to 256 characters as the platform shows it', () => {
    expect(faults({ webhookSecrets: ['s'.repeat(256)] })).toEqual([])
    for (const secret of ['', '   ', 's'.repeat(257), 'pasted\n']) {
      expect(faults({ webhookSecrets: ['good', secret] })[0]).toMatch(/^webhookSecrets\.1 /)
    }
  })

  it('an unknown field is an error that names it', () => {
    expect(faults({ webhookSecrets: ['one'], webhookSecret: 'two' })[0]).toContain('webhookSecret')
    expect(settings.safeParse({ ...setup.settings, extra: 1 }).error?.issues[0]?.message).toContain('extra')
    expect(settings.parse(setup.settings)).toEqual(setup.settings)
  })
}

type Path = readonly (string | number)[]

function pathsOf(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [at]
  return [at, ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...at, key]))]
}

function replaceAt(value: unknown, [key, ...rest]: Path, replacement: unknown): unknown {
  if (key === undefined) return replacement
  const copy = structuredClone(value) as Record<string | number, unknown>
  copy[key] = replaceAt(copy[key], rest, replacement)
  return copy
}

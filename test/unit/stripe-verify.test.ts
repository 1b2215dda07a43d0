import { createHmac } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { stripe } from '../../connectors/stripe/index.ts'
import type { Verification } from '../../src/ports/connector.ts'
import { stripeChargeEvent, stripeRequest } from '../helpers/signed.ts'

const SECRET = 'whsec_test_secret'
const NOW = Date.parse('2026-11-22T12:00:00.500Z')
const NOW_SECONDS = Math.floor(NOW / 1000)
const body = stripeChargeEvent({ id: 'evt_1' })

function hmac(seconds: number | string, payload: string | Uint8Array, secret = SECRET): string {
  return createHmac('sha256', secret).update(`${seconds}.`).update(payload).digest('hex')
}

function verifyHeader(header: string | undefined, rawBody: string | Uint8Array = body): Verification {
  const headers = header === undefined ? {} : { 'stripe-signature': header }
  return stripe.verify({ rawBody: Buffer.from(rawBody), headers, secrets: [SECRET], now: NOW }, {})
}

function reasonFor(header: string | undefined, rawBody?: string | Uint8Array): string {
  const verification = verifyHeader(header, rawBody)
  return verification.ok ? 'accepted' : verification.reason
}

describe('verifying a Stripe webhook', () => {
  it('id and topic are those of the signed body', () => {
    const { headers, body: rawBody } = stripeRequest({ body, secret: SECRET, signedAtMs: NOW })
    const verification = stripe.verify({ rawBody, headers, secrets: [SECRET], now: NOW }, {})
    expect(verification).toEqual({
      ok: true,
      webhookId: 'evt_1',
      topic: 'charge.succeeded',
      headers: { 'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)' },
    })
  })

  it('a signature is good for 300 seconds, either way', () => {
    const signedAt = (seconds: number) => reasonFor(`t=${seconds},v1=${hmac(seconds, body)}`)
    expect(signedAt(NOW_SECONDS - 300)).toBe('accepted')
    expect(signedAt(NOW_SECONDS - 301)).toBe('SIGNATURE_STALE')
    expect(signedAt(NOW_SECONDS + 300)).toBe('accepted')
    expect(signedAt(NOW_SECONDS + 301)).toBe('SIGNATURE_STALE')
    expect(signedAt(NOW)).toBe('SIGNATURE_STALE')
  })

  it('a stale signature is told apart from a wrong one, and says by how much', () => {
    const verification = verifyHeader(`t=${NOW_SECONDS - 301},v1=${hmac(NOW_SECONDS - 301, body)}`)
    expect(verification).toMatchObject({
      message: 'signed 301 s before its receipt, at most 300 s are allowed',
    })
    expect(reasonFor(`t=${NOW_SECONDS - 301},v1=${hmac(NOW_SECONDS, body)}`)).toBe('SIGNATURE_MISMATCH')
  })

  it('the real clock plays no part', () => {
    const longAgo = Date.parse('2020-01-01T00:00:00Z')
    const { headers, body: rawBody } = stripeRequest({ body, secret: SECRET, signedAtMs: longAgo })
    const input = { rawBody, headers, secrets: [SECRET], now: longAgo }
    expect(stripe.verify(input, {})).toMatchObject({ ok: true })
  })

  it('one good signature among several is enough, as while a secret is rolled', () => {
    const header = `t=${NOW_SECONDS},v1=${hmac(NOW_SECONDS, body, 'whsec_old')},v1=${hmac(NOW_SECONDS, body)}`
    expect(reasonFor(header)).toBe('accepted')
    expect(reasonFor(`${header},v0=${'0'.repeat(64)}`)).toBe('accepted')
  })

  it('repeated headers joined into one are understood', () => {
    const header = `t=${NOW_SECONDS},v1=${hmac(NOW_SECONDS, body)}`
    expect(reasonFor(`${header}, ${header}`)).toBe('accepted')
    const headers = { 'stripe-signature': [header, header] } as unknown as Record<string, string>
    const input = { rawBody: Buffer.from(body), headers, secrets: [SECRET], now: NOW }
    expect(stripe.verify(input, {})).toMatchObject({ ok: true })
  })

  it('a fresh time cannot be put before an old signature', () => {
    const old = NOW_SECONDS - 86_400
    const signature = hmac(old, body)
    for (const header of [
      `t=${NOW_SECONDS},t=${old},v1=${signature}`,
      `t=${old},t=${NOW_SECONDS},v1=${signature}`,
      `t=${old}, t=${NOW_SECONDS},v1=${signature}`,
    ]) {
      expect(reasonFor(header)).toBe('SIGNATURE_MALFORMED')
    }
    expect(reasonFor(`t=${NOW_SECONDS},v1=${signature}`)).toBe('SIGNATURE_MISMATCH')
  })

  it('a header without a time or a v1 signature is malformed', () => {
    const signature = hmac(NOW_SECONDS, body)
    for (const header of [
      'nonsense',
      `v1=${signature}`,
      `t=,v1=${signature}`,
      `t=-1,v1=${signature}`,
      `t=${NOW_SECONDS}x,v1=${signature}`,
      `t=${NOW_SECONDS}`,
      `t=${NOW_SECONDS},v0=${signature}`,
      `t=${NOW_SECONDS},v1=`,
      `t=${NOW_SECONDS},v1=short`,
      ',,,===',
    ]) {
      expect(reasonFor(header)).toBe('SIGNATURE_MALFORMED')
    }
    expect(reasonFor(undefined)).toBe('SIGNATURE_MISSING')
  })

  it('bytes that only decode to the signed text are not the signed bytes', () => {
    const text = 'a\ufffdb'
    const header = `t=${NOW_SECONDS},v1=${hmac(NOW_SECONDS, text)}`
    expect(reasonFor(header, text)).toBe('accepted')
    expect(reasonFor(header, Uint8Array.of(0x61, 0xff, 0x62))).toBe('SIGNATURE_MISMATCH')
    expect(reasonFor(header, `\ufeff${text}`)).toBe('SIGNATURE_MISMATCH')
  })

  it('a signed body that is no event has neither id nor topic', () => {
    for (const text of [
      'not json',
      '[]',
      '{"id":5,"type":null}',
      '{"id":"","type":" "}',
      `{"id":"${'e'.repeat(257)}"}`,
    ]) {
      const header = `t=${NOW_SECONDS},v1=${hmac(NOW_SECONDS, text)}`
      expect(verifyHeader(header, text)).toMatchObject({ ok: true, webhookId: null, topic: '' })
    }
  })

  it('a thin event is verified under its own type', () => {
    const text = '{"id":"evt_2","object":"v2.core.event","type":"v1.charge.succeeded"}'
    const header = `t=${NOW_SECONDS},v1=${hmac(NOW_SECONDS, text)}`
    expect(verifyHeader(header, text)).toMatchObject({
      ok: true,
      webhookId: 'evt_2',
      topic: 'v1.charge.succeeded',
    })
  })
})

describe('settings and credentials of a Stripe connector', () => {
  it.each([
    'sk_live_0123456789abcdef',
    'rk_live_0123456789abcdef',
    '0123456789abcdef',
    'WHSEC_0123456789abcdef',
  ])('only whsec_… is a signing secret, %s is not', (secret) => {
    const { error } = stripe.credentials.safeParse({ webhookSecrets: [SECRET, secret] })
    expect(error?.issues).toMatchObject([
      { path: ['webhookSecrets', 1], message: expect.stringContaining('must begin with whsec_') },
    ])
  })

  it('an API key may be given, settings there are none', () => {
    const credentials = { webhookSecrets: [SECRET], apiKey: 'rk_live_1' }
    expect(stripe.credentials.parse(credentials)).toEqual(credentials)
    expect(stripe.credentials.safeParse({ ...credentials, accessToken: 'x' }).success).toBe(false)
    expect(stripe.settings.parse({})).toEqual({})
    expect(stripe.settings.safeParse({ shopDomain: 'x.myshopify.com' }).success).toBe(false)
  })
})

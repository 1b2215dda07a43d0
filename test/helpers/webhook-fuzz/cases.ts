import { isUtf8 } from 'node:buffer'
import fc from 'fast-check'
import { hostileHeader } from '../fuzz/hostile.ts'
import { damagedBodies } from './damage.ts'
import { type Payload, SHOPIFY_PAYLOADS, STRIPE_PAYLOADS } from './payloads.ts'
import { SHOPIFY_SIGNINGS, type Signing, type SigningKeys, STRIPE_SIGNINGS } from './signing.ts'

export interface FuzzTargets extends SigningKeys {
  readonly shopify: string
  readonly stripe: string
  readonly shopDomain: string
}

/** One webhook as bytes, and what its answer may be. */
export interface WebhookCase {
  /** For whoever looks at one that failed. */
  readonly what: string
  readonly bytes: Buffer
  readonly body: Buffer
  readonly isSigned: boolean
  readonly isJson: boolean
  /** Its head may not be valid HTTP: it is sent on a connection of its own. */
  readonly mayBreak: boolean
  /** A server may wait for more of it: it is told that nothing comes, and may then not answer. */
  readonly mayHang: boolean
}

const CONTENT_TYPES: readonly (readonly [string | null, boolean])[] = [
  [null, false],
  ['', false],
  ['text/plain', false],
  ['application/json-seq', false],
  ['application/x-www-form-urlencoded', false],
  ['multipart/form-data; boundary=', false],
  ['text/html; application/json', false],
  ['application/json, application/json', false],
  ['application/json; charset=utf-16', true],
  ['APPLICATION/JSON', true],
  ['application/cloudevents+json', true],
]
/** The server closes the connection of a longer one. */
const MAX_HEAD_BYTES = 65_536
const UNFINISHED = /^(?:content-length|transfer-encoding|upgrade|expect|te):/
const TOPICS = [
  ...new Set(SHOPIFY_PAYLOADS.map(({ topic }) => topic)),
  'ORDERS/PAID',
  'orders/create',
  'charge.succeeded',
  '__proto__',
  'constructor',
  '\xff\xfe',
  'x'.repeat(5000),
  '',
]
const WEBHOOK_IDS = [
  '',
  '  ',
  'the same',
  'the same',
  '__proto__',
  '\x80\xff',
  'w'.repeat(257),
  'w'.repeat(20_000),
]

/** Many webhooks from one seed: good and damaged bodies, each rightly or wrongly signed, with all kinds of headers. */
export function webhookCases(targets: FuzzTargets, count: number, seed: number): WebhookCase[] {
  const perPlatform = [
    casesOf('shopify', targets, SHOPIFY_PAYLOADS, SHOPIFY_SIGNINGS),
    casesOf('stripe', targets, STRIPE_PAYLOADS, STRIPE_SIGNINGS),
  ]
  return fc.sample(fc.oneof(...perPlatform), { numRuns: count, seed })
}

function casesOf(
  platform: 'shopify' | 'stripe',
  targets: FuzzTargets,
  payloads: readonly Payload[],
  signings: Readonly<Record<string, Signing>>,
): fc.Arbitrary<WebhookCase> {
  const names = Object.keys(signings)
  const right = names.filter((name) => name.startsWith('right'))
  const signing = fc.oneof(fc.constantFrom(...right), fc.constantFrom(...names))
  const damaged = payloads.map((payload) => {
    const others = payloads.filter(({ topic }) => topic !== payload.topic).map(({ body }) => body)
    return damagedBodies(payload.body, others).map((damage) => ({ ...damage, topic: payload.topic }))
  })
  const headers = fc.record({
    topics: often([], fc.array(fc.constantFrom(...TOPICS), { maxLength: 2 })),
    shops: often([targets.shopDomain], fc.subarray([targets.shopDomain, 'evil.myshopify.com', '', '\xe4'])),
    webhookIds: often(null, fc.array(fc.constantFrom(...WEBHOOK_IDS), { maxLength: 2 })),
    contentType: often(['application/json', true] as const, fc.constantFrom(...CONTENT_TYPES)),
    more: often(null, fc.constantFrom('content-encoding: gzip', 'x-forwarded-host: evil.example')),
    broken: fc.option(hostileHeader, { freq: 20 }).map((line) => line),
  })
  const numbers = fc.infiniteStream(fc.nat())
  return fc.tuple(fc.oneof(...damaged), signing, headers, numbers).map(([damage, name, parts, stream]) => {
    const pick = (below: number) => Number(stream.next().value) % below
    const sign = signings[name] as Signing
    const signed = sign({ ...targets, body: Buffer.from(damage.bytes), nowMs: Date.now(), pick })
    const { body } = signed
    // Stripe signs text: what is none, or nothing, nobody signed
    const isSigned = signed.isValid && (platform === 'shopify' || (isUtf8(body) && body.length > 0))
    const [contentType, isJson] = parts.contentType
    const topics = parts.topics.length === 0 ? [damage.topic] : parts.topics
    const webhookIds = parts.webhookIds ?? [`wh-${stream.next().value}`]
    const shopifyOnly = [
      ...topics.map((topic) => `x-shopify-topic: ${topic}`),
      ...parts.shops.map((shop) => `x-shopify-shop-domain: ${shop}`),
      ...webhookIds.map((id) => `X-Shopify-Webhook-Id: ${id}`),
    ]
    const lines = [
      `POST ${targets[platform]} HTTP/1.1`,
      'host: fuzz',
      `content-length: ${body.length}`,
      ...(contentType === null ? [] : [`content-type: ${contentType}`]),
      ...(platform === 'shopify' ? shopifyOnly : []),
      ...signed.lines,
      ...(parts.more === null ? [] : [parts.more]),
      ...(parts.broken === null ? [] : [parts.broken]),
    ]
    const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
    const what = [platform, damage.topic, damage.how, `signature ${name}`, ...lines.slice(3)]
    return {
      what: what.map((line) => line.slice(0, 200)).join('\n'),
      bytes: Buffer.concat([head, body]),
      body,
      isSigned,
      isJson,
      mayBreak: parts.broken !== null || head.length > MAX_HEAD_BYTES,
      mayHang: parts.broken !== null && UNFINISHED.test(parts.broken),
    }
  })
}

function often<T>(usual: T, others: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight: 5, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: others })
}

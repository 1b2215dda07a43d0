import { describe, expect, it } from '@jest/globals'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import type { z } from 'zod'
import { CONNECTORS } from '../../connectors/registry.ts'
import { createHttpProvider } from '../../src/coupons/http.ts'
import { jsonSchemaOf } from '../../src/http/read/json-schema-of.ts'

const http = createHttpProvider({ clock: { now: () => 0 } })
const [shopify, stripe] = [CONNECTORS.get('shopify')!, CONNECTORS.get('stripe')!]
const SECRET = `whsec_${'A'.repeat(32)}`

/** What an adapter takes, with every text that it can hold. */
const INPUTS: readonly [name: string, schema: z.ZodType, good: object][] = [
  ['shopify credentials', shopify.credentials, { webhookSecrets: ['k'.repeat(16)], accessToken: 'shpat_1' }],
  ['shopify settings', shopify.settings, { shopDomain: 'a.myshopify.com' }],
  ['stripe credentials', stripe.credentials, { webhookSecrets: [SECRET], apiKey: 'sk_1' }],
  ['stripe settings', stripe.settings, { orderIdFrom: 'metadata.order_id' }],
  ['http credentials', http.credentials!, { signingSecret: SECRET }],
  [
    'http settings',
    http.settings,
    { url: 'https://coupons.example', revokeUrl: 'https://coupons.example/r' },
  ],
]

const TEXTS = [
  '',
  ' ',
  '\n',
  ' a',
  'a ',
  'a b',
  'a\nb',
  'a'.repeat(15),
  'a'.repeat(256),
  'a'.repeat(257),
  `${'a'.repeat(20)} `,
  'shpat_0123456789abcdef',
  'shpss_0123456789abcdef',
  'A.MyShopify.com',
  'a.myshopify.com\n',
  '-a.myshopify.com',
  `${'a'.repeat(250)}.myshopify.com`,
  'payment',
  'Payment',
  'metadata.',
  'metadata.\n',
  `metadata.${'k'.repeat(40)}`,
  `metadata.${'k'.repeat(41)}`,
  ...[31, 32, 33, 34, 35, 36, 84, 85, 86, 87, 88].map((length) => `whsec_${'A'.repeat(length)}`),
  `whsec_${'A'.repeat(33)}B`,
  `whsec_${'A'.repeat(34)}B=`,
  `whsec_${'A'.repeat(32)}===`,
  'ftp://coupons.example',
  'coupons.example',
]

const texts = fc.oneof(
  fc.constantFrom(...TEXTS),
  fc.string({ unit: 'binary-ascii', maxLength: 40 }),
  fc.base64String({ minLength: 28, maxLength: 92 }).map((text) => `whsec_${text}`),
)

const ajv = addFormats.default(new Ajv2020({ strict: false, unicodeRegExp: true }))

/** NUL is refused before an adapter is asked: see exact-json. */
const isTaken = (schema: z.ZodType, value: object): boolean =>
  schema.safeParse(value).success && !JSON.stringify(value).includes('\\u0000')

/** `good` with `text` in place of one of its texts. */
function withText(good: object, name: string, text: string): object {
  const inList = Array.isArray((good as Record<string, unknown>)[name])
  return { ...good, [name]: inList ? [text] : text }
}

/** What is in the nature of an address is said by no pattern: that the host is one that may be asked. */
const saysLess = (name: string) => /url$/i.test(name)

describe('the schema of what an adapter takes', () => {
  it.each(INPUTS)('allows of %s what is taken, and forbids what is not', (_name, schema, good) => {
    const validate = ajv.compile(jsonSchemaOf(schema))
    expect([validate(good), isTaken(schema, good)]).toEqual([true, true])
    const property = fc.property(fc.constantFrom(...Object.keys(good)), texts, (name, text) => {
      const value = withText(good, name, text)
      const [allowed, taken] = [validate(value), isTaken(schema, value)]
      if (allowed !== taken && !(allowed && saysLess(name))) {
        throw new Error(
          `${name}: ${JSON.stringify(text)} is ${allowed ? 'allowed' : 'forbidden'}, and ${taken ? '' : 'not '}taken`,
        )
      }
    })
    fc.assert(property, { numRuns: 2_000 })
  })
})

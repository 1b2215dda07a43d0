import { createHmac } from 'node:crypto'
import { signShopify } from '../signed.ts'

export interface SigningKeys {
  /** What the connector has: either may sign. */
  readonly secrets: readonly [string, string]
  readonly otherSecret: string
}

/** A body with the headers that sign it, as far as they do. */
export interface Signed {
  readonly lines: readonly string[]
  /** What is sent, which need not be what was signed. */
  readonly body: Buffer
  readonly isValid: boolean
}

interface SigningInput extends SigningKeys {
  readonly body: Buffer
  readonly nowMs: number
  /** A whole number from 0 to below `below`, another for each case. */
  readonly pick: (below: number) => number
}

export type Signing = (input: SigningInput) => Signed

/** The body as it arrives after somebody has touched it. */
function touched({ body, pick }: SigningInput): Buffer {
  if (body.length === 0) return Buffer.from(' ')
  const copy = Buffer.from(body)
  const at = pick(copy.length)
  copy[at] = (copy[at] ?? 0) ^ (1 << pick(8))
  return copy
}

const HMAC = 'X-Shopify-Hmac-Sha256'

function shopifyLines(
  make: (right: string, input: SigningInput) => readonly string[],
  isValid = false,
): Signing {
  return (input) => {
    const values = make(signShopify(input.body, input.secrets[0]), input)
    return { lines: values.map((value) => `${HMAC}: ${value}`), body: input.body, isValid }
  }
}

export const SHOPIFY_SIGNINGS: Readonly<Record<string, Signing>> = {
  right: shopifyLines((right) => [right], true),
  'right, by the second secret': shopifyLines(
    (_, { body, secrets }) => [signShopify(body, secrets[1])],
    true,
  ),
  missing: shopifyLines(() => []),
  blank: shopifyLines(() => ['  ']),
  'cut off': shopifyLines((right, { pick }) => [right.slice(0, pick(right.length))]),
  'without padding': shopifyLines((right) => [right.slice(0, -1)]),
  'padded twice': shopifyLines((right) => [`${right}=`]),
  'in hex': shopifyLines((right) => [Buffer.from(right, 'base64').toString('hex')]),
  'given twice': shopifyLines((right) => [right, right]),
  'after a wrong one': shopifyLines((right, { body, otherSecret }) => [
    signShopify(body, otherSecret),
    right,
  ]),
  'by another secret': shopifyLines((_, { body, otherSecret }) => [signShopify(body, otherSecret)]),
  'of another body': shopifyLines((_, input) => [signShopify(touched(input), input.secrets[0])]),
  'one character off': shopifyLines((right, { pick }) => {
    // the last character before the padding holds two bits that mean nothing
    const at = pick(42)
    return [`${right.slice(0, at)}${right[at] === 'A' ? 'B' : 'A'}${right.slice(at + 1)}`]
  }),
  'bytes that are no text': shopifyLines(() => ['\xff\xfe\x80']),
  'a long way off': shopifyLines(() => ['A'.repeat(30_000)]),
  'body changed afterwards': (input) => ({
    lines: [`${HMAC}: ${signShopify(input.body, input.secrets[0])}`],
    body: touched(input),
    isValid: false,
  }),
}

interface Stripe {
  readonly t: number
  readonly v1: (secret?: string, t?: number) => string
}

function stripeLines(
  make: (stripe: Stripe, input: SigningInput) => readonly string[],
  isValid = false,
): Signing {
  return (input) => {
    const t = Math.floor(input.nowMs / 1000)
    const v1 = (secret = input.secrets[0], at = t) =>
      createHmac('sha256', secret).update(`${at}.`).update(input.body).digest('hex')
    const values = make({ t, v1 }, input)
    return { lines: values.map((value) => `Stripe-Signature: ${value}`), body: input.body, isValid }
  }
}

const WRONG_V1 = 'ab'.repeat(32)
const wrongOnes = (count: number) => Array.from({ length: count }, () => `v1=${WRONG_V1}`).join()

export const STRIPE_SIGNINGS: Readonly<Record<string, Signing>> = {
  right: stripeLines(({ t, v1 }) => [`t=${t},v1=${v1()}`], true),
  'right, by the second secret': stripeLines(
    ({ t, v1 }, { secrets }) => [`t=${t},v1=${v1(secrets[1])}`],
    true,
  ),
  'right, among many': stripeLines(({ t, v1 }) => [`t=${t},${wrongOnes(200)},v1=${v1()},v0=x`], true),
  'right, in two headers': stripeLines(({ t, v1 }) => [`t=${t},v1=${WRONG_V1}`, `v1=${v1()}`], true),
  missing: stripeLines(() => []),
  blank: stripeLines(() => [' ']),
  'cut off': stripeLines(({ t, v1 }, { pick }) => [`t=${t},v1=${v1().slice(0, pick(64))}`]),
  'in capitals': stripeLines(({ t, v1 }) => [`t=${t},v1=A${v1().slice(1).toUpperCase()}`]),
  'in base64': stripeLines(({ t, v1 }) => [`t=${t},v1=${Buffer.from(v1(), 'hex').toString('base64')}`]),
  'by another secret': stripeLines(({ t, v1 }, { otherSecret }) => [`t=${t},v1=${v1(otherSecret)}`]),
  'only wrong ones, many': stripeLines(({ t }) => [`t=${t},${wrongOnes(500)}`]),
  stale: stripeLines(({ t, v1 }, { pick }) => {
    const then = t - 600 - pick(1_000_000)
    return [`t=${then},v1=${v1(undefined, then)}`]
  }),
  'of the future': stripeLines(({ t, v1 }, { pick }) => {
    const then = t + 600 + pick(1_000_000)
    return [`t=${then},v1=${v1(undefined, then)}`]
  }),
  'in milliseconds': stripeLines(({ t, v1 }) => [`t=${t * 1000},v1=${v1(undefined, t * 1000)}`]),
  'of another time': stripeLines(({ t, v1 }) => [`t=${t + 1},v1=${v1()}`]),
  'with two times': stripeLines(({ t, v1 }) => [`t=${t - 9999},t=${t},v1=${v1()}`]),
  'without a time': stripeLines(({ v1 }) => [`v1=${v1()}`]),
  'of another scheme': stripeLines(({ t, v1 }) => [`t=${t},v0=${v1()}`]),
  'a time that is none': stripeLines(({ v1 }, { pick }) => [
    `t=${['NaN', '-1', '1e9', '__proto__', '9'.repeat(400), ''][pick(6)]},v1=${v1()}`,
  ]),
  'bytes that are no text': stripeLines(() => ['t=\xff,v1=\xfe']),
  'body changed afterwards': (input) => {
    const right = STRIPE_SIGNINGS.right as Signing
    return { lines: right(input).lines, body: touched(input), isValid: false }
  },
}

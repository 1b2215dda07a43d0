import { createHmac } from 'node:crypto'
import type { Stage } from './setup.ts'
import type { RunningDemo } from './start.ts'

/** The longest that a token may live. */
const LIFETIME_S = 24 * 3_600

/**
 * The widget's page with the streak of one shopper of the week, by a token that is made as a merchant's backend makes it.
 * What stands behind the `#` is never sent.
 */
export function widgetLink(
  { origin, state }: RunningDemo,
  { seven }: Pick<Stage, 'seven'>,
  externalId: string,
  nowMs: number,
): string {
  const { id, apiKey, apiSecret } = state.account
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
  const iat = Math.floor(nowMs / 1000)
  const claims = { sub: id, iat, exp: iat + LIFETIME_S, userData: { externalId } }
  const signed = `${encode({ alg: 'HS256', typ: 'JWT', kid: apiKey })}.${encode(claims)}`
  const token = `${signed}.${createHmac('sha256', apiSecret).update(signed).digest('base64url')}`
  return `${origin}/widget/demo#${new URLSearchParams({ account: id, streak: seven.id, token })}`
}

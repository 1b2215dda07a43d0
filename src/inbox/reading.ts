import { hash } from 'node:crypto'
import type { Instant } from '../ports/clock.ts'
import type { Connector, Headers, Translation, Verification } from '../ports/connector.ts'
import { orderIdFromOf } from '../ports/order-id-from.ts'
import type { Row } from '../ports/schema.ts'

export type Verified = Extract<Verification, { ok: true }>
export type Refused = Extract<Verification, { ok: false }>

export interface Platforms {
  readonly connectorFor: (platform: string) => Connector | undefined
}

/** What a connector says about how its bodies are read. */
export type Rules = Pick<
  Row<'connector'>,
  'platform' | 'status' | 'settings' | 'rules' | 'purchaseSpace' | 'orderIdFrom' | 'hasPurchases' | 'ownId'
>

export function rulesOf(connector: Row<'connector'>): Rules {
  const { platform, status, settings, rules, purchaseSpace, orderIdFrom, hasPurchases, ownId } = connector
  return { platform, status, settings, rules, purchaseSpace, orderIdFrom, hasPurchases, ownId }
}

/** A body that is to be read. Plain values: it may travel to another thread. */
export interface Unread {
  readonly rawBody: Uint8Array
  readonly receivedAt: Instant
  /** By whose rules. */
  readonly connector: Rules
  /** What is to be checked first, or what was found when it was. */
  readonly proof: { readonly headers: Headers; readonly secrets: readonly string[] } | Verified
  /** Asks for a `view` of the purchase beside its translation. */
  readonly explains?: true
}

/** What a body says. */
export interface Reading {
  readonly verified: Verified
  readonly translation: Translation
  /**
   * Whom it names, unless every rule counted it: the items say it then. By these an erasure finds what could be counted
   * later, and all else that a body tells of somebody.
   */
  readonly identities: readonly string[]
  readonly bodySha256: string
}

/** Pure, but not always quick: a body of 8 MiB takes seconds. @throws AppError OVERLOADED */
export type ReadBody = (unread: Unread) => Promise<Reading | Refused>

export async function readHere({ connectorFor }: Platforms, unread: Unread): Promise<Reading | Refused> {
  return readBody(connectorFor(unread.connector.platform)!, unread)
}

/** Everything that is made of the bytes of a webhook: whether they are genuine, and what its connector takes them for. */
export function readBody(platform: Connector, unread: Unread): Reading | Refused {
  const { rawBody, receivedAt: now, connector, proof } = unread
  const verified = 'ok' in proof ? proof : platform.verify({ rawBody, now, ...proof }, connector.settings)
  if (!verified.ok) return verified
  const translation = translate(platform, unread, verified)
  return {
    verified,
    translation,
    identities: namesNobody(translation) ? [] : platform.identities(rawBody, connector.settings),
    bodySha256: hash('sha256', rawBody, 'hex'),
  }
}

function translate(
  platform: Connector,
  { rawBody, receivedAt, connector, explains }: Unread,
  { topic, mismatch }: Verified,
): Translation {
  const { rules, purchaseSpace, settings, status, ownId } = connector
  const orderIdFrom = orderIdFromOf(connector, platform)
  const asked = explains === true ? ({ explains } as const) : {}
  const terms = { receivedAt, rules, purchaseSpace, orderIdFrom, settings, ownId, ...asked }
  const translation = platform.translate({ rawBody, topic, ...terms })
  // ignored as a whole, but still to be found by its order
  const { orderId, orderName, shopNumber } = translation
  const ignored = {
    kind: 'ignored',
    orderId,
    ...(orderName === undefined ? {} : { orderName }),
    ...(shopNumber === undefined ? {} : { shopNumber }),
  } as const
  // a verdict on who sent it goes first
  if (mismatch !== undefined) return { ...ignored, reason: mismatch }
  const said = translation.shopNumber ?? null
  if (said !== null && ownId !== null && said !== ownId) return { ...ignored, reason: 'SHOP_MISMATCH' }
  if (translation.kind === 'noted') return translation
  return status === 'live' ? translation : { ...ignored, reason: 'CONNECTOR_NOT_LIVE' }
}

/** Every rule counted it, and the items say of whom; or it is no order, and what it names is kept otherwise. */
function namesNobody(translation: Translation): boolean {
  if (translation.kind === 'noted') return true
  return translation.kind === 'translated' && translation.outcomes.every(({ kind }) => kind === 'log')
}

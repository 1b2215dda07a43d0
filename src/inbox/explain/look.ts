import type { Instant } from '../../ports/clock.ts'
import type { PurchaseView } from '../../ports/connector.ts'
import type { Row } from '../../ports/schema.ts'
import type { Store } from '../../ports/store.ts'
import { type Platforms, type ReadBody, readHere, rulesOf } from '../reading.ts'
import type { Delivery } from './find-order.ts'

export interface LookDeps extends Platforms {
  readonly store: Store
  /** Without it in this thread, by `connectorFor`. */
  readonly read?: ReadBody
}

/** A delivery as its connector takes it now. */
export interface Look {
  readonly hasBody: boolean
  /** By the settings of now it is of another shop. */
  readonly isElsewhere: boolean
  /** null where the body is gone, or of no purchase that can be read. */
  readonly view: PurchaseView | null
}

const UNSEEN: Look = { hasBody: false, isElsewhere: false, view: null }
/** Bodies may be large: of one order so many are read. */
const MAX_BODIES = 4

export type LookAt = (delivery: Delivery) => Promise<Look>

/** Reads stored bodies by the rules of their connectors as they are now, each once. */
export function createLook(
  deps: LookDeps,
  connectors: ReadonlyMap<string, Row<'connector'>>,
  now: Instant,
): LookAt {
  const looks = new Map<string, Promise<Look>>()
  return (delivery) => {
    const known = looks.get(delivery.id)
    if (known !== undefined) return known
    const connector = connectors.get(delivery.connectorId)
    const isUnseen = connector === undefined || delivery.bodyKeptSince === null || looks.size >= MAX_BODIES
    const look = isUnseen ? Promise.resolve(UNSEEN) : lookAt(deps, delivery, connector, now)
    if (!isUnseen) looks.set(delivery.id, look)
    return look
  }
}

async function lookAt(
  deps: LookDeps,
  { id, topic, webhookId }: Delivery,
  connector: Row<'connector'>,
  now: Instant,
): Promise<Look> {
  const [stored] = await deps.store.findByKeys('delivery', ['id'], [[id]])
  if (stored === undefined || stored.body === null) return UNSEEN
  const { body: rawBody, headers, reason } = stored
  const platform = deps.connectorFor(connector.platform)!
  const isUnclear = reason === 'SHOP_MISMATCH' && Object.keys(headers).length === 0
  const isElsewhere = isUnclear || platform.isFromElsewhere?.(headers, connector.settings) === true
  // what keeps it out as a whole is told beside it: here the rules look at it all the same
  const rules = { ...rulesOf(connector), status: 'live' as const }
  const verified = { ok: true, webhookId, topic, headers } as const
  const unread = { connector: rules, rawBody, receivedAt: now, proof: verified, explains: true } as const
  const reading = await (deps.read?.(unread) ?? readHere(deps, unread))
  const view = 'translation' in reading ? (reading.translation.view ?? null) : null
  return { hasBody: true, isElsewhere, view }
}

import type { IgnoreReason } from '../../ports/connector.ts'
import type { ItemStatus } from '../../ports/schema/values.ts'
import type { Row } from '../../ports/schema.ts'

/** What becomes of an item: queued to be recorded, changed without being queued, or left as it is. */
export type ItemEffect = 'queued' | 'changed' | 'unchanged'

/** Why a replay did nothing, or less than it could. */
export type ReplayReason = 'BODY_GONE' | 'MEMBER_ERASED' | IgnoreReason

/** What a replay made of one delivery, or would make of it. */
export interface DeliveryReplay {
  readonly deliveryId: string
  readonly outcome: 'replayed' | 'unchanged'
  readonly reason: ReplayReason | null
  /** As they are then. */
  readonly items: readonly { readonly item: Row<'delivery_item'>; readonly effect: ItemEffect }[]
}

/**
 * Why a replay left a delivery as it is: what kept it from being replayed, else what its items are, each reason once,
 * in capitals: `COUNTED`, `STREAK_NOT_LIVE`.
 */
export function reasonsOf({ reason, items }: DeliveryReplay): readonly string[] {
  if (reason !== null && reason !== 'BODY_GONE') return [reason]
  return [...new Set(items.map(({ item }) => item.reason ?? item.status.toUpperCase()))]
}

/** Which deliveries to replay; all that are given must hold. */
export interface ReplayFilter {
  readonly connectorId?: string | undefined
  /** Inclusive, epoch milliseconds. */
  readonly receivedFrom?: number | undefined
  /** Exclusive. */
  readonly receivedTo?: number | undefined
  readonly orderId?: string | undefined
  /** What became of one of its items; `ignored` also of itself as a whole. */
  readonly itemStatus?: ItemStatus | undefined
  /** Why, of the same item or of itself. */
  readonly reason?: string | undefined
}

/** How far a replay of many came with one page, and what it did there. */
export interface ReplayPage {
  /** Deliveries that were looked at. */
  readonly looked: number
  /** Of these, those that the filter names. */
  readonly matched: number
  readonly replayed: number
  readonly unchanged: number
  /** Of how many of the unchanged ones each reason is true: see `reasonsOf`. */
  readonly reasons: Readonly<Record<string, number>>
  /** Those that other writers kept from being replayed; another replay gets them. */
  readonly busy: number
  /** Of the unchanged and replayed ones, those whose body is gone: they were queued as they had been translated. */
  readonly bodyGone: number
  readonly itemsQueued: number
  /** Where to go on; null at the end. */
  readonly next: string | null
}

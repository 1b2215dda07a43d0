import { change, insert } from '../../ports/changes.ts'
import type { Instant } from '../../ports/clock.ts'
import { addressBeside } from '../../ports/schema/member-names.ts'
import type { Row } from '../../ports/schema.ts'
import type { Change } from '../../ports/store.ts'
import { formatQuantity, type Quantity } from '../../streaks/quantity.ts'
import type { Sources } from '../deps.ts'
import { type CountedPurchase, keyOf, type Loaded, purchaseKey } from '../load/loaded.ts'
import type { RecordRequest, RecordResult } from '../types.ts'
import { itemOutcome } from './rejections.ts'

/** What a batch writes of its purchases beside their logs: the connectors' ledger, and what became of deliveries. */
export class PurchaseChanges {
  readonly #loaded: Loaded
  readonly #now: Instant
  readonly #newId: Sources['newId']
  readonly #claimed = new Map<string, CountedPurchase>()
  readonly #woken = new Map<string, Row<'delivery_item'>>()
  readonly #changes: Change[] = []

  constructor(loaded: Loaded, now: Instant, newId: Sources['newId']) {
    this.#loaded = loaded
    this.#now = now
    this.#newId = newId
  }

  changes(): readonly Change[] {
    return this.#changes
  }

  /** Reports that have something to do once the batch is committed. */
  dueReports(): Row<'delivery_item'>[] {
    return [...this.#woken.values()]
  }

  /** What counted the purchase. */
  counted(request: RecordRequest): CountedPurchase | undefined {
    const key = keyFor(request)
    return key === null ? undefined : (this.#claimed.get(key) ?? this.#loaded.purchases.get(key))
  }

  /** Enters a purchase in the connectors' ledger, unless it is there: from then on its order belongs to this log. */
  claim(request: RecordRequest, streakLogId: string): void {
    const { accountId, streakId, purchase, uniqueIdentifier: orderId } = request
    const key = keyFor(request)
    if (purchase === undefined || key === null || this.counted(request) !== undefined) return
    const { purchaseSpace, orderReference, otherReference, orderTotal, currency, isAmount, basis } = purchase
    const common = { id: this.#newId(), accountId, createdAt: this.#now, updatedAt: this.#now }
    const names = { orderId, orderReference, otherReference }
    const order = { purchaseSpace, ...names, orderTotal, currency, isAmount, basis }
    this.#changes.push(insert('purchase', { ...common, ...order, streakId, streakLogId }))
    this.#claimed.set(key, { streakLogId, orderTotal, currency })
  }

  /** What became of a delivery's item goes into the same commit as its effect. */
  noteOutcome(request: RecordRequest, result: RecordResult): void {
    const { accountId, purchase } = request
    if (purchase === undefined) return
    const item = { id: purchase.itemId, accountId }
    const became = { ...itemOutcome(result), ...this.#growth(request, result) }
    const addressIdentity = result.outcome === 'rejected' ? addressOf(request) : null
    const set = { ...became, addressIdentity, dueAt: null, updatedAt: this.#now }
    this.#changes.push(change('delivery_item', item, { status: 'pending' }, set))
    this.#wakeReports(request, result)
  }

  /** The first report that a rule took stands: one that tells of another total says by how much it differs. */
  #growth(request: RecordRequest, { outcome }: RecordResult): Partial<Row<'delivery_item'>> {
    const counted = outcome === 'duplicate' ? this.counted(request) : undefined
    const message = counted === undefined ? null : totalsApart(counted, request.purchase!)
    return message === null ? {} : { message }
  }

  /** What was reported of the order before is looked at again: it may concern the log that counted the purchase. */
  #wakeReports(request: RecordRequest, { outcome }: RecordResult): void {
    if (outcome !== 'recorded' && outcome !== 'duplicate') return
    const updatedAt = this.#now
    for (const item of this.#loaded.reports.get(keyOf(request.accountId, request.uniqueIdentifier)) ?? []) {
      const { id, status, attempt } = item
      const isOpen = status === 'waiting' || status === 'pending'
      // one in another currency than what counted before may be in that of this purchase
      const isDone = status === 'applied' || status === 'ignored'
      const looksAgain = isOpen || (isDone && outcome === 'recorded')
      if (!looksAgain || this.#woken.has(id)) continue
      const set = { status: 'pending' as const, dueAt: updatedAt, attempt: attempt + 1, updatedAt }
      this.#changes.push(change('delivery_item', item, { status, attempt }, set))
      this.#woken.set(id, { ...item, ...set })
    }
  }
}

/** What did not count is found by it: there may be no member who has it. */
function addressOf({ member }: RecordRequest): string | null {
  return 'externalId' in member ? addressBeside(member) : null
}

function totalsApart(counted: Totalled, told: Totalled): string | null {
  if (counted.orderTotal === null || told.orderTotal === null) return null
  const money = (amount: Quantity, currency: string | null) =>
    `${formatQuantity(amount)}${currency === null ? '' : ` ${currency}`}`
  const before = `the order counted with a total of ${money(counted.orderTotal, counted.currency)}`
  const now = `this report says ${money(told.orderTotal, told.currency)}`
  if (counted.currency !== told.currency) return `${before}; ${now}, which does not count`
  const apart = told.orderTotal - counted.orderTotal
  if (apart === 0n) return null
  const difference = money(apart > 0n ? apart : -apart, told.currency)
  return `${before}; ${now}: ${difference} ${apart > 0n ? 'more' : 'less'}, which does not count`
}

interface Totalled {
  readonly orderTotal: Quantity | null
  readonly currency: string | null
}

function keyFor({ accountId, streakId, purchase, uniqueIdentifier }: RecordRequest): string | null {
  return purchase === undefined
    ? null
    : purchaseKey(accountId, streakId, purchase.purchaseSpace, uniqueIdentifier)
}

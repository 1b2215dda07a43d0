import type { KeyedReport } from '../../engine/types.ts'
import type { Instant } from '../../ports/clock.ts'
import type { Translation } from '../../ports/connector.ts'
import type { ConnectorRule, PurchaseActivity } from '../../ports/schema/values.ts'
import type { Row } from '../../ports/schema.ts'
import { spaceKey } from './standing-orders.ts'
import type { Gathered, Incomplete } from './types.ts'

/** What one forecast holds of orders at most, and of lines and reports of them. */
const MAX_PURCHASES = 100_000
const MAX_PARTS = 1_000_000

/** A body of a connector that is read again. */
export interface PastBody {
  readonly topic: string
  readonly rawBody: Uint8Array
  readonly receivedAt: Instant
  /** Taken in later than it happened, so that how long ago it was says nothing. */
  readonly isLate: boolean
}

/** What a body says by these rules, whatever the connector's own status. @throws AppError OVERLOADED */
export type TranslatePast = (
  connector: Row<'connector'>,
  rules: readonly ConnectorRule[],
  body: PastBody,
) => Promise<Translation>

/** Too much to hold, or too late: it ends with what there is. */
export class Enough extends Error {
  override readonly name = 'Enough'
}

interface Came {
  readonly at: Instant
  readonly activity: PurchaseActivity
}

/** Collects what bodies say, bounded. */
export class Gathering {
  readonly #came: Came[] = []
  readonly #reports = new Map<string, KeyedReport[]>()
  readonly incomplete: Incomplete[] = []
  #parts = 0

  /** @throws Enough */
  take(connector: Row<'connector'>, translation: Translation, { receivedAt, isLate }: PastBody): void {
    if (translation.kind === 'ignored' || translation.kind === 'noted') return
    if (translation.kind === 'reported') {
      this.#report(connector.purchaseSpace, translation.orderKey, translation.reports)
      return
    }
    // several rules for one streak: the first that takes it decides
    const outcome = translation.outcomes.find(({ kind }) => kind === 'log')
    if (outcome?.kind === 'log') {
      const { profile: _, ...activity } = outcome.activity
      const kept = { ...activity, profile: {}, ...(isLate ? { quiet: false } : {}) }
      this.#hold(1 + (activity.basis?.lines?.length ?? 0))
      this.#came.push({ at: receivedAt, activity: kept })
      if (this.#came.length > MAX_PURCHASES) throw new Enough()
    }
    this.#report(connector.purchaseSpace, translation.orderId, translation.reports ?? [])
  }

  result(): Gathered {
    const purchases = this.#came.toSorted((one, other) => one.at - other.at).map(({ activity }) => activity)
    return { purchases, reports: this.#reports, incomplete: this.incomplete }
  }

  #report(space: string, orderKey: string, reports: readonly KeyedReport['report'][]): void {
    if (reports.length === 0) return
    const key = spaceKey(space, orderKey)
    const known = this.#reports.get(key) ?? []
    for (const report of reports) {
      this.#hold(1 + (report.parts?.lines.length ?? 0))
      known.push({ orderKey, report })
    }
    this.#reports.set(key, known)
  }

  #hold(parts: number): void {
    this.#parts += parts
    if (this.#parts > MAX_PARTS) throw new Enough()
  }
}

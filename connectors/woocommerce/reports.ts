import type { IgnoreReason } from '../../src/ports/connector.ts'
import type { ReportState } from '../../src/ports/schema/values.ts'
import { type Json, member } from '../json.ts'
import { readAmount, readCurrency } from '../purchase.ts'
import { readReport, type StatedReport } from '../report.ts'
import { readId, readTime } from './order.ts'

/** More than any order has. */
const MAX_REFUNDS = 1_000

interface ListedRefunds {
  readonly refunds: readonly StatedReport[]
  /** Why one of them cannot be kept; null where all can. */
  readonly fault: IgnoreReason | null
}

/** The refunds that an order lists, each once, as far as they can be kept. They name an amount below 0 and no lines. */
export function listedRefunds(order: Json | undefined): ListedRefunds {
  const list = member(order, 'refunds')
  const byId = new Map<string, StatedReport>()
  let fault: IgnoreReason | null = null
  for (const refund of Array.isArray(list) ? (list as readonly Json[]).slice(0, MAX_REFUNDS) : []) {
    const id = readId(member(refund, 'id'))
    const stated: StatedReport = {
      object: id === null ? null : `woocommerce:refund:${id}`,
      kind: 'refund',
      state: 'taken',
      amount: readAmount(withoutSign(member(refund, 'total'))),
      currency: readCurrency(member(order, 'currency')),
    }
    const read = readReport(stated)
    if (typeof read === 'string') fault ??= read
    else byId.set(read.object, stated)
  }
  return { refunds: [...byId.values()], fault }
}

function withoutSign(total: Json | undefined): Json | undefined {
  return typeof total === 'string' && total.startsWith('-') ? total.slice(1) : total
}

/**
 * That an order is over, or that it is not any more: its status goes back and forth, so the last word counts.
 * @param otherwise when the body says nothing of when it was changed
 */
export function cancellation(
  order: Json | undefined,
  orderId: string,
  state: ReportState,
  otherwise: number,
): StatedReport {
  const modifiedAt = readTime(order, 'date_modified_gmt')
  // most orders that end unpaid never counted, and nothing is to be looked for
  const isPaid = typeof readTime(order, 'date_paid_gmt') === 'number'
  return {
    object: `woocommerce:cancellation:${orderId}`,
    kind: 'cancellation',
    state,
    amount: null,
    currency: null,
    statedAt: typeof modifiedAt === 'number' ? modifiedAt : otherwise,
    ...(state === 'taken' && isPaid ? {} : { ifCounted: true }),
  }
}

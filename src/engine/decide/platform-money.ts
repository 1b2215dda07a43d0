import type { RefundParts } from '../../ports/schema/values.ts'
import type { Quantity } from '../../streaks/quantity.ts'
import type { OrderMoney } from './exchange.ts'
import type { OrderObject } from './order-objects.ts'
import { type MoneyBack, moneyBack, NOTHING_BACK } from './refund-money.ts'

/** What one platform's refunds and lost disputes come to. */
export interface PlatformMoney extends MoneyBack {
  /** Whether it says what the money was for. */
  readonly hasParts: boolean
  /** False where none of it can be set against the order: it is in another currency, and there is no rate. */
  readonly isComparable: boolean
}

const NONE = { shop: null, shown: null }

/**
 * Adds up what a platform reports. Totals without names hold the refunds that are known by name, also those that have
 * taken nothing yet or failed.
 */
export function platformMoney(
  objects: readonly OrderObject[],
  order: OrderMoney,
  leftOut: (lineId: string | null) => boolean,
): PlatformMoney {
  const each = objects.map((object) => ({ object, back: moneyOf(object, order, leftOut) }))
  const of = (kind: OrderObject['kind']) =>
    each.filter(({ object }) => object.kind === kind).map(({ back }) => back ?? NOTHING_BACK)
  const named = added(of('refund'))
  const unnamed = added(of('refund_total'))
  const others = added(
    objects
      .filter(isUntaken)
      .map((object) => moneyOf({ ...object, state: 'taken' }, order, leftOut) ?? NOTHING_BACK),
  )
  const rest = less(unnamed, others)
  const refunds = rest.money > named.money ? rest : named
  return {
    ...added([refunds, ...of('dispute')]),
    hasParts: objects.some(({ parts }) => parts !== null),
    isComparable: objects.length === 0 || each.some(({ back }) => back !== null),
  }
}

function isUntaken({ kind, state, parts }: OrderObject): boolean {
  return kind === 'refund' && state !== 'taken' && parts === null
}

/** null where it cannot be set against the order. A report without parts is one payment for goods. */
function moneyOf(
  { kind, state, amount, currency, parts }: OrderObject,
  order: OrderMoney,
  leftOut: (lineId: string | null) => boolean,
): MoneyBack | null {
  if (kind === 'cancellation' || amount === null)
    return parts === null ? NOTHING_BACK : moneyBack(parts, order, leftOut)
  return moneyBack(parts ?? onePayment(amount, currency, state), order, leftOut)
}

function onePayment(amount: string, currency: string | null, state: OrderObject['state']): RefundParts {
  return {
    transactions: [{ id: '', state, amount, currency }],
    lines: [],
    shipping: NONE,
    shippingTax: NONE,
    duties: NONE,
    difference: NONE,
    currency: null,
    shownCurrency: null,
  }
}

function added(amounts: readonly MoneyBack[]): MoneyBack {
  return amounts.reduce(
    (sum, each) => ({
      money: sum.money + each.money,
      goods: sum.goods + each.goods,
      own: sum.own + each.own,
      presented: sum.presented + each.presented,
    }),
    NOTHING_BACK,
  )
}

function less(amounts: MoneyBack, other: MoneyBack): MoneyBack {
  const rest = (of: keyof MoneyBack): Quantity => (amounts[of] > other[of] ? amounts[of] - other[of] : 0n)
  return { money: rest('money'), goods: rest('goods'), own: rest('own'), presented: rest('presented') }
}

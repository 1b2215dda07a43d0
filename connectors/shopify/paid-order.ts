import type { IgnoreReason, TranslateInput, Translation } from '../../src/ports/connector.ts'
import type { PurchaseBasis } from '../../src/ports/schema/values.ts'
import { formatQuantity } from '../../src/streaks/quantity.ts'
import { isAbsent, type Json, member } from '../json.ts'
import { decimalsOfAmount, type Purchase, readAmount, readCurrency } from '../purchase.ts'
import { readReport, type StatedReport } from '../report.ts'
import { applyRules, ignoreDelivery, viewOf } from '../rules.ts'
import { readTypedId } from './ids.ts'
import { readBuyer, readChannel, readDiscountCodes, readOrderName, readTags, readTime } from './order.ts'
import { listedRefunds, translateOrderNews } from './order-reports.ts'
import { countUnits, readSold } from './sold-lines.ts'

/** An order counts when it is paid and not cancelled; what a partial refund takes back is reported beside it. */
const PAID: readonly (Json | undefined)[] = ['paid', 'partially_refunded']

/** `orders/paid`: an order that is paid and not cancelled, with the refunds that it lists. */
export function translatePaidOrder(order: Json | undefined, input: TranslateInput): Translation {
  const orderId = readTypedId(order, 'Order')
  if (orderId === null) return ignoreDelivery('BODY_NOT_UNDERSTOOD', null)
  const orderName = readOrderName(order)
  const { refunds } = listedRefunds(order)
  const reason = readReason(order)
  const purchase = reason === null || input.explains === true ? readPurchase(order, orderId, refunds) : null
  const used = reason === null && purchase !== null ? readUsed(order, purchase) : {}
  const counted =
    reason === null && purchase !== null
      ? applyRules(purchase, input)
      : {
          ...ignoreDelivery(reason ?? 'BODY_NOT_UNDERSTOOD', orderId, orderName),
          ...viewOf(purchase, input),
        }
  if (refunds.length === 0) return { ...counted, ...used }
  // what does not count now may have counted before: what it lists is told all the same
  if (counted.kind === 'ignored') {
    return { ...translateOrderNews(order, counted.reason), ...viewOf(purchase, input), ...used }
  }
  const reports = refunds.map(readReport).filter((each) => typeof each !== 'string')
  return { ...counted, reports, ...used }
}

/** A purchase uses the codes that it names, whatever rules make of it; a test does not. */
function readUsed(order: Json | undefined, { isTest, activityAt: at }: Purchase): Pick<Translation, 'used'> {
  const codes = isTest ? [] : readDiscountCodes(order)
  return codes.length === 0 ? {} : { used: { codes, at } }
}

/** Why an order is no purchase; null for one that is. */
function readReason(order: Json | undefined): IgnoreReason | null {
  if (!isAbsent(member(order, 'cancelled_at'))) return 'CANCELLED'
  const status = member(order, 'financial_status')
  if (typeof status !== 'string') return 'BODY_NOT_UNDERSTOOD'
  return PAID.includes(status) ? null : 'NOT_PAID'
}

function readPurchase(
  order: Json | undefined,
  orderId: string,
  refunds: readonly StatedReport[],
): Purchase | null {
  const activityAt = readTime(order, 'processed_at') ?? readTime(order, 'created_at')
  const test = member(order, 'test') ?? false
  if (typeof activityAt !== 'number' || typeof test !== 'boolean') return null
  const updatedAt = readTime(order, 'updated_at')
  const sold = readSold(order, refunds)
  const edits = refunds.filter(({ parts }) => parts?.transactions.length === 0)
  return {
    ...readBuyer(order),
    orderId,
    orderName: readOrderName(order),
    // refunds and cancellations call the order by its id
    references: [],
    activityAt,
    isTest: test,
    currency: readCurrency(member(order, 'currency')),
    amounts: {
      order_total: readAmount(member(order, 'total_price')),
      order_subtotal: readAmount(member(order, 'subtotal_price')),
      item_count: countUnits(sold?.lines ?? null),
    },
    lines: sold?.lines ?? null,
    giftCardMoney: sold?.giftCardMoney ?? { ok: true, value: 0n },
    tags: readTags(order),
    products: sold?.products ?? null,
    channel: readChannel(order),
    taxesIncluded: member(order, 'taxes_included') === true,
    presented: readPresented(order),
    decimals: decimalsOfAmount(member(order, 'total_price')),
    edits: edits.flatMap(({ object }) => object ?? []),
    profileAt: typeof updatedAt === 'number' ? updatedAt : activityAt,
  }
}

/** What the shopper saw as the order's total; null where the body does not say it. */
function readPresented(order: Json | undefined): PurchaseBasis['presented'] {
  const shown = member(member(order, 'total_price_set'), 'presentment_money')
  const currency = readCurrency(member(shown, 'currency_code'))
  const amount = readAmount(member(shown, 'amount'))
  return currency === null || !amount.ok ? null : { currency, total: formatQuantity(amount.value) }
}

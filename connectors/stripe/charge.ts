import type { TranslateInput, Translation } from '../../src/ports/connector.ts'
import { formatQuantity } from '../../src/streaks/quantity.ts'
import { ExactNumber, type Json, member } from '../json.ts'
import { type Purchase, readCurrency } from '../purchase.ts'
import { applyRules, ignoreDelivery } from '../rules.ts'
import { instantFromUnixSeconds } from '../time.ts'
import { readPayer } from './buyer.ts'
import { decimalsOf, readMinorUnits } from './currency.ts'
import { paymentNames, readOrderId, readOrderName } from './ids.ts'

/**
 * `charge.succeeded` and `charge.captured`. A charge counts once its money is taken: the first also reports mere
 * authorisations, whose money comes with the second or never.
 */
export function translateCharge(
  charge: Json | undefined,
  event: Json | undefined,
  input: TranslateInput,
): Translation {
  const orderName = readOrderName(charge)
  const orderId = readOrderId(charge, input.orderIdFrom)
  if (orderId === null) return ignoreDelivery('BODY_NOT_UNDERSTOOD', null, orderName)
  if (member(charge, 'paid') !== true || member(charge, 'status') !== 'succeeded') {
    return ignoreDelivery('NOT_PAID', orderId, orderName)
  }
  if (member(charge, 'captured') !== true) return ignoreDelivery('NOT_CAPTURED', orderId, orderName)
  const purchase = readPurchase(event, charge, orderId)
  return purchase === null
    ? ignoreDelivery('BODY_NOT_UNDERSTOOD', orderId, orderName)
    : applyRules(purchase, input)
}

/** Of what a charge is for Stripe knows nothing. */
const NO_PARTS = {
  lines: null,
  giftCardMoney: { ok: true, value: 0n },
  tags: null,
  products: null,
  channel: null,
  taxesIncluded: null,
  edits: [],
} as const

/** What the payer saw, where that was another currency than the charge's. */
function readPresented(charge: Json | undefined): Purchase['presented'] {
  const details = member(charge, 'presentment_details')
  const currency = readCurrency(member(details, 'presentment_currency'))
  const amount = readMinorUnits(member(details, 'presentment_amount'), currency)
  return currency === null || !amount.ok ? null : { currency, total: formatQuantity(amount.value) }
}

function readPurchase(event: Json | undefined, charge: Json | undefined, orderId: string): Purchase | null {
  const created = member(charge, 'created')
  const activityAt = created instanceof ExactNumber ? instantFromUnixSeconds(created.digits) : null
  const livemodes = [member(charge, 'livemode'), member(event, 'livemode')]
  if (activityAt === null || !livemodes.some((livemode) => typeof livemode === 'boolean')) return null
  const currency = readCurrency(member(charge, 'currency'))
  return {
    ...readPayer(charge),
    orderId,
    orderName: readOrderName(charge),
    // refunds and disputes know nothing of the charge's metadata, and some name the charge alone
    references: paymentNames(charge).filter((name) => name !== orderId),
    activityAt,
    isTest: livemodes.includes(false),
    currency,
    amounts: { order_total: readMinorUnits(member(charge, 'amount_captured'), currency) },
    ...NO_PARTS,
    presented: readPresented(charge),
    decimals: currency === null ? 2 : decimalsOf(currency),
    profileAt: activityAt,
  }
}

import type { IgnoreReason, TranslateInput, Translation } from '../../src/ports/connector.ts'
import { formatQuantity } from '../../src/streaks/quantity.ts'
import { ExactNumber, type Json, member } from '../json.ts'
import { type Purchase, readCurrency } from '../purchase.ts'
import { applyRules, ignoreDelivery, viewOf } from '../rules.ts'
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
  const reason = readReason(charge)
  const purchase = reason === null || input.explains === true ? readPurchase(event, charge, orderId) : null
  if (reason === null && purchase !== null) return applyRules(purchase, input)
  const ignored = ignoreDelivery(reason ?? 'BODY_NOT_UNDERSTOOD', orderId, orderName)
  return { ...ignored, ...viewOf(purchase, input) }
}

/** Why a charge is no purchase yet; null for one that is. */
function readReason(charge: Json | undefined): IgnoreReason | null {
  const isPaid = member(charge, 'paid') === true && member(charge, 'status') === 'succeeded'
  if (!isPaid) return 'NOT_PAID'
  return member(charge, 'captured') === true ? null : 'NOT_CAPTURED'
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

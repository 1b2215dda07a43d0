import type { TranslateInput, Translation } from '../../src/ports/connector.ts'
import { ExactNumber, type Json, member } from '../json.ts'
import { type Purchase, readCurrency } from '../purchase.ts'
import { applyRules, ignoreDelivery } from '../rules.ts'
import { instantFromUnixSeconds } from '../time.ts'
import { readPayer } from './buyer.ts'
import { readMinorUnits } from './currency.ts'
import { paymentIdOf, readOrderId } from './ids.ts'

/**
 * `charge.succeeded` and `charge.captured`. A charge counts once its money is taken: the first also reports mere
 * authorisations, whose money comes with the second or never.
 */
export function translateCharge(
  charge: Json | undefined,
  event: Json | undefined,
  input: TranslateInput,
): Translation {
  const orderId = readOrderId(charge)
  if (orderId === null) return ignoreDelivery('BODY_NOT_UNDERSTOOD', null)
  if (member(charge, 'paid') !== true || member(charge, 'status') !== 'succeeded') {
    return ignoreDelivery('NOT_PAID', orderId)
  }
  if (member(charge, 'captured') !== true) return ignoreDelivery('NOT_CAPTURED', orderId)
  const purchase = readPurchase(event, charge, orderId)
  return purchase === null ? ignoreDelivery('BODY_NOT_UNDERSTOOD', orderId) : applyRules(purchase, input)
}

function readPurchase(event: Json | undefined, charge: Json | undefined, orderId: string): Purchase | null {
  const created = member(charge, 'created')
  const activityAt = created instanceof ExactNumber ? instantFromUnixSeconds(created.digits) : null
  const livemodes = [member(charge, 'livemode'), member(event, 'livemode')]
  if (activityAt === null || !livemodes.some((livemode) => typeof livemode === 'boolean')) return null
  const currency = readCurrency(member(charge, 'currency'))
  const paymentId = paymentIdOf(charge)
  return {
    ...readPayer(charge),
    orderId,
    // refunds and disputes know nothing of the charge's metadata
    orderReference: paymentId === orderId ? null : paymentId,
    activityAt,
    isTest: livemodes.includes(false),
    currency,
    amounts: { order_total: readMinorUnits(member(charge, 'amount_captured'), currency) },
    profileAt: activityAt,
  }
}

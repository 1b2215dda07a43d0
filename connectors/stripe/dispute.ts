import type { Translation } from '../../src/ports/connector.ts'
import { defaultExternalId } from '../identity.ts'
import { type Json, member } from '../json.ts'
import { readCurrency } from '../purchase.ts'
import { reportOrder, type StatedReport } from '../report.ts'
import { ignoreDelivery } from '../rules.ts'
import { readNamed } from './buyer.ts'
import { readMinorUnits } from './currency.ts'
import { objectName, readOrderName, readPaymentId } from './ids.ts'

/**
 * `charge.dispute.*`: the dispute as it stood. Its status says what came of it, whatever the event is called: money is
 * withdrawn when a dispute opens and reinstated when it is won, and inquiries (`warning_…`) never move any.
 */
export function translateDispute(dispute: Json | undefined): Translation {
  const orderKey = readPaymentId(member(dispute, 'payment_intent'), member(dispute, 'charge'))
  if (orderKey === null) return ignoreDelivery('BODY_NOT_UNDERSTOOD', null)
  const email = member(member(dispute, 'evidence'), 'customer_email_address')
  return reportOrder(
    {
      orderId: orderKey,
      orderKey,
      externalId: defaultExternalId(readNamed(null, email)),
      orderName: readOrderName(dispute),
    },
    [statedDispute(dispute)],
  )
}

/** One dispute as its object states it. */
export function statedDispute(dispute: Json | undefined): StatedReport {
  const currency = readCurrency(member(dispute, 'currency'))
  return {
    object: objectName(dispute),
    kind: 'dispute',
    state: stateOf(member(dispute, 'status')),
    amount: readMinorUnits(member(dispute, 'amount'), currency),
    currency,
  }
}

/** Stripe adds statuses as it goes: one that nobody has heard of has decided nothing. */
function stateOf(status: Json | undefined): 'open' | 'taken' | 'given_back' {
  if (status === 'lost') return 'taken'
  return status === 'won' ? 'given_back' : 'open'
}

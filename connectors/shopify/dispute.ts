import type { Translation } from '../../src/ports/connector.ts'
import type { ReportState } from '../../src/ports/schema/values.ts'
import { isAbsent, type Json, member, members } from '../json.ts'
import { readAmount, readCurrency } from '../purchase.ts'
import { reportOrder } from '../report.ts'
import { ignoreDelivery } from '../rules.ts'
import { readReference } from './ids.ts'

/** What is read of a dispute. */
export const DISPUTE = members({
  id: true,
  admin_graphql_api_id: true,
  order_id: true,
  type: true,
  status: true,
  amount: true,
  currency: true,
  initiated_at: true,
})

/**
 * `disputes/create` and `disputes/update`, of Shopify Payments: the dispute as it stood. It has no gid, by which other
 * bodies are told apart: it is known by saying of what type it is and when it was initiated.
 */
export function translateDispute(dispute: Json | undefined): Translation {
  const id = readReference(member(dispute, 'id'))
  const orderId = readReference(member(dispute, 'order_id'))
  const [type, status] = [member(dispute, 'type'), member(dispute, 'status')]
  const isDispute =
    isAbsent(member(dispute, 'admin_graphql_api_id')) &&
    typeof member(dispute, 'initiated_at') === 'string' &&
    typeof type === 'string' &&
    typeof status === 'string'
  if (id === null || orderId === null || !isDispute) return ignoreDelivery('BODY_NOT_UNDERSTOOD', orderId)
  return reportOrder({ orderId, orderKey: orderId, externalId: null }, [
    {
      object: `shopify:dispute:${id}`,
      kind: 'dispute',
      state: stateOf(type, status),
      amount: readAmount(member(dispute, 'amount')),
      currency: readCurrency(member(dispute, 'currency')),
    },
  ])
}

/** An inquiry moves no money: where the shop gives in to one, a refund says so. */
function stateOf(type: string, status: string): ReportState {
  if (type !== 'chargeback') return 'open'
  if (status === 'lost' || status === 'accepted') return 'taken'
  return status === 'won' ? 'given_back' : 'open'
}

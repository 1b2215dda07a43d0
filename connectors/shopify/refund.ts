import type { Translation } from '../../src/ports/connector.ts'
import type { ReportState } from '../../src/ports/schema/values.ts'
import type { ParsedQuantity } from '../../src/streaks/quantity.ts'
import { isAbsent, type Json, member, members } from '../json.ts'
import { readAmount, readCurrency, sumAmounts } from '../purchase.ts'
import { reportOrder, type StatedReport } from '../report.ts'
import { ignoreDelivery } from '../rules.ts'
import { readReference, readTypedId } from './ids.ts'
import { paymentsOf, REFUND_MEMBERS, readParts, stateOfPayment } from './refund-parts.ts'

/** What is read of a refund. */
export const REFUND = members(REFUND_MEMBERS)

/**
 * `refunds/create`: comes for every refund, "independent from the movement of money". Its transactions say what was
 * paid out, its lines and what stands beside them what for.
 */
export function translateRefund(refund: Json | undefined): Translation {
  const id = readTypedId(refund, 'Refund')
  const orderId = readReference(member(refund, 'order_id'))
  if (id === null || orderId === null) return ignoreDelivery('BODY_NOT_UNDERSTOOD', null)
  const stated = readRefund(refund, id)
  if (stated === null) return ignoreDelivery('BODY_NOT_UNDERSTOOD', orderId)
  // a refund says nothing of the buyer
  return reportOrder({ orderId, orderKey: orderId, externalId: null }, [stated])
}

/** null when there is no telling how much it was or what for. */
export function readRefund(refund: Json | undefined, id: string): StatedReport | null {
  if (!Array.isArray(member(refund, 'transactions'))) return null
  const parts = readParts(refund, id)
  const money = readMoney(paymentsOf(refund))
  if (parts === null || money === null) return null
  return { object: `shopify:refund:${id}`, kind: 'refund', ...money, parts }
}

interface Money {
  readonly state: ReportState
  /** null: in several currencies. */
  readonly amount: ParsedQuantity | null
  readonly currency: string | null
}

/** What a refund comes to, for the eye; null where a payment that has moved money cannot be read. */
function readMoney(payments: readonly Json[]): Money | null {
  const [paid, failed] = (['taken', 'given_back'] as const).map((state) =>
    payments.filter((one) => stateOfPayment(member(one, 'status')) === state),
  )
  const isOver = payments.length > 0 && failed!.length === payments.length
  if (isOver) return failedMoney(failed!)
  const stated = paid!.map((one) => member(one, 'currency'))
  if (stated.some((currency) => !isAbsent(currency) && readCurrency(currency) === null)) return null
  const currencies = new Set(stated.map(readCurrency))
  const amount = sumAmounts(paid!.map((one) => readAmount(member(one, 'amount'))))
  const state = amount.ok && amount.value > 0n ? 'taken' : 'open'
  if (amount.ok && currencies.size > 1) return { state, amount: null, currency: null }
  return { state, amount, currency: [...currencies][0] ?? null }
}

/** What was tried in vain, as far as it can be read: it takes nothing. */
function failedMoney(failed: readonly Json[]): Money {
  const amount = sumAmounts(failed.map((one) => readAmount(member(one, 'amount'))))
  const currencies = new Set(failed.map((one) => readCurrency(member(one, 'currency'))))
  const [currency = null] = currencies
  const isOne = currencies.size === 1
  const shown: ParsedQuantity = amount.ok && isOne ? amount : { ok: true, value: 0n }
  return { state: 'given_back', amount: shown, currency: isOne ? currency : null }
}

import { describe, expect, it } from '@jest/globals'
import type { OrderReport } from '../../src/ports/schema/values.ts'
import { freshOf } from '../../workers/backfill/fresh.ts'
import { knowsReport } from '../../workers/backfill/known.ts'

const refund = (amount: string, given: Partial<OrderReport> = {}): OrderReport => ({
  object: `stripe:refund:re_${amount}`,
  kind: 'refund',
  state: 'taken',
  amount,
  currency: 'EUR',
  ...given,
})
const total = (amount: string): OrderReport =>
  refund(amount, { object: 'stripe:charge:ch_1', kind: 'refund_total' })
const applied = (...reports: OrderReport[]) =>
  reports.map((report) => ({ status: 'applied' as const, report }))
const knowing = (...reportsBefore: OrderReport[]) => ({
  reportsBefore,
  missedBefore: new Set<string>(),
})

describe('what a reconcile says that webhooks missed', () => {
  it('is one for a purchase with all that came with it', () => {
    const items = [{ status: 'counted' as const, report: null }, ...applied(refund('1'), refund('2'))]
    expect(freshOf(items, knowing())).toBe(1)
  })

  it('is one for each report, however often it is told', () => {
    expect(freshOf(applied(refund('1'), refund('2'), refund('1')), knowing())).toBe(2)
  })

  it('is nothing that was not applied, or that a webhook or an earlier reconcile told', () => {
    expect(freshOf([{ status: 'waiting', report: refund('1') }], knowing())).toBe(0)
    expect(freshOf(applied(refund('1'), refund('2')), knowing(refund('1')))).toBe(1)
    expect(freshOf(applied(refund('1')), knowing(refund('1', { state: 'open' })))).toBe(1)
    const before = { ...knowing(), missedBefore: new Set([refund('1').object]) }
    expect(freshOf(applied(refund('1')), before)).toBe(0)
  })

  it('is no refund under a second name, where the sum of refunds is told beside them', () => {
    expect(freshOf(applied(total('0.8')), knowing(refund('0.1'), refund('0.7')))).toBe(0)
    expect(freshOf(applied(total('0.9')), knowing(refund('0.1'), refund('0.7')))).toBe(1)
    expect(freshOf(applied(total('1')), knowing(refund('1', { state: 'given_back' }), refund('1')))).toBe(1)
    expect(freshOf(applied(total('2')), knowing(refund('1'), refund('1', { state: 'open' })))).toBe(1)
  })
})

describe('what a reconcile knows of an order that goes back and forth', () => {
  const at = (state: OrderReport['state'], statedAt: number): OrderReport => ({
    object: 'woocommerce:cancellation:5001',
    kind: 'cancellation',
    state,
    amount: null,
    currency: null,
    statedAt,
  })
  const knows = (report: OrderReport, ...reports: OrderReport[]) => knowsReport({ reports }, report)

  it('is what was said of it last: what was said after that is news, where it says something else', () => {
    expect(knows(at('taken', 2), at('given_back', 1))).toBe(false)
    expect(knows(at('given_back', 3), at('given_back', 1), at('taken', 2))).toBe(false)
    expect(knows(at('given_back', 2), at('given_back', 1))).toBe(true)
    expect(knows(at('taken', 1), at('given_back', 2))).toBe(true)
    expect(knows(at('taken', 1), at('taken', 1))).toBe(true)
    expect(knows(at('taken', 1))).toBe(false)
  })

  it('is that it is alive, of two words of the same second', () => {
    expect(knows(at('taken', 1), at('given_back', 1))).toBe(true)
    expect(knows(at('given_back', 1), at('taken', 1))).toBe(false)
  })
})

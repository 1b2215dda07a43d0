import { describe, expect, it } from '@jest/globals'
import { woocommerce } from '../../connectors/woocommerce/index.ts'
import { orderObjects } from '../../src/engine/decide/order-objects.ts'
import type { Translation } from '../../src/ports/connector.ts'
import type { OrderReport } from '../../src/ports/schema/values.ts'
import { outcomesOf, rule } from '../helpers/rules.ts'
import { type WooOrderOptions, wooOrder } from '../helpers/woo-payloads.ts'

const RECEIVED_AT = Date.parse('2026-11-22T12:00:00Z')
const MODIFIED_AT = Date.parse('2026-11-20T15:00:05Z')

function translate(body: string, topic = 'order.updated', rules = [rule()]): Translation {
  return woocommerce.translate({
    rawBody: Buffer.from(body),
    topic,
    receivedAt: RECEIVED_AT,
    rules,
    purchaseSpace: 'space-1',
    orderIdFrom: null,
    settings: { siteUrl: 'https://shop.example' },
  })
}

function reportsOf(translation: Translation): readonly OrderReport[] {
  return 'reports' in translation ? (translation.reports ?? []) : []
}
const reports = (options: WooOrderOptions) => reportsOf(translate(wooOrder(options)))

const cancellation = (fields: object) => ({
  object: 'woocommerce:cancellation:5001',
  kind: 'cancellation',
  amount: null,
  currency: null,
  ...fields,
})
const refund = (id: number, amount: string) => ({
  object: `woocommerce:refund:${id}`,
  kind: 'refund',
  state: 'taken',
  amount,
  currency: 'USD',
})

describe('what an order of WooCommerce says of itself after the sale', () => {
  it('that it is over, when it is cancelled, refunded or failed', () => {
    for (const status of ['cancelled', 'refunded', 'failed']) {
      const translation = translate(wooOrder({ status }))
      expect(translation).toMatchObject({
        kind: 'reported',
        orderId: '5001',
        orderKey: '5001',
        orderName: '1001',
        externalId: 'woocommerce:shop.example:7001',
      })
      expect(reportsOf(translation)).toEqual([cancellation({ state: 'taken', statedAt: MODIFIED_AT })])
    }
  })

  it('and waits for no purchase where it was never paid', () => {
    for (const paidAt of [null, '']) {
      expect(reports({ status: 'cancelled', paidAt })).toEqual([
        cancellation({ state: 'taken', statedAt: MODIFIED_AT, ifCounted: true }),
      ])
    }
  })

  it('that it is not over, whenever it counts', () => {
    expect(reports({ status: 'completed' })).toEqual([
      cancellation({ state: 'given_back', statedAt: MODIFIED_AT, ifCounted: true }),
    ])
  })

  it('what was refunded, each refund once, without its sign', () => {
    const refunds = [
      { id: 8001, total: '-5.00' },
      { id: 8001, total: '-5.00' },
      { id: 8002, total: '2.50' },
    ]
    expect(reports({ refunds }).slice(1)).toEqual([refund(8001, '5'), refund(8002, '2.5')])
    expect(outcomesOf(translate(wooOrder({ refunds })))).toEqual(['log'])
    expect(reports({ status: 'refunded', refunds }).slice(1)).toEqual([
      refund(8001, '5'),
      refund(8002, '2.5'),
    ])
    expect(reports({ status: 'on-hold', refunds })).toEqual([refund(8001, '5'), refund(8002, '2.5')])
  })

  it('also where no rule looks at it', () => {
    const body = wooOrder({ refunds: [{ id: 8001, total: '-5.00' }] })
    expect(reportsOf(translate(body, 'order.updated', []))).toEqual([refund(8001, '5')])
    expect(translate(wooOrder(), 'order.updated', [])).toMatchObject({ kind: 'ignored', reason: 'NO_RULES' })
  })

  it('a refund that cannot be read hides neither the purchase nor another refund', () => {
    for (const broken of [{ id: 0, total: '-1.00' }, { id: 9, total: '1,00' }, { total: '-1.00' }, null, 5]) {
      const order = { refunds: [broken, { id: 8002, total: '-2.50' }] }
      expect(reports({ order }).slice(1)).toEqual([refund(8002, '2.5')])
    }
    const order = { refunds: [{ id: 9, total: '1,00' }] }
    expect(translate(wooOrder({ status: 'on-hold', order }))).toMatchObject({ reason: 'BODY_NOT_UNDERSTOOD' })
  })

  it('that it was deleted, by nothing but its id', () => {
    const deleted = translate('{"id":5001}', 'order.deleted')
    expect(deleted).toEqual({
      kind: 'reported',
      orderId: '5001',
      orderKey: '5001',
      externalId: null,
      reports: [cancellation({ state: 'taken', statedAt: RECEIVED_AT, ifCounted: true })],
    })
    for (const body of [
      '{}',
      '{"id":0}',
      '{"id":"5001"}',
      '{"id":5001,"status":"trash"}',
      wooOrder(),
      '[5001]',
    ]) {
      expect(translate(body, 'order.deleted')).toMatchObject({ reason: 'BODY_NOT_UNDERSTOOD' })
    }
    expect(translate('{"id":5001}')).toMatchObject({ reason: 'BODY_NOT_UNDERSTOOD' })
  })
})

describe('an order that goes back and forth', () => {
  const stateAfter = (told: readonly OrderReport[]) => orderObjects(told).map(({ state }) => state)
  const at = (status: string, second: number) =>
    reports({ status, modifiedAt: `2026-11-20T15:00:${String(second).padStart(2, '0')}` })

  it('is what was said of it last, in whatever order webhooks arrive', () => {
    const told = [at('processing', 1), at('cancelled', 2), at('processing', 3), at('cancelled', 4)]
    for (const [until, state] of [
      [1, 'given_back'],
      [2, 'taken'],
      [3, 'given_back'],
      [4, 'taken'],
    ] as const) {
      const known = told.slice(0, until).flat()
      expect(stateAfter(known)).toEqual([state])
      expect(stateAfter(known.toReversed())).toEqual([state])
    }
  })

  it('is alive where both were said in the same second', () => {
    expect(stateAfter([...at('cancelled', 1), ...at('processing', 1)])).toEqual(['given_back'])
    expect(stateAfter([...at('processing', 1), ...at('cancelled', 1)])).toEqual(['given_back'])
  })
})

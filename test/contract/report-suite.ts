import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { OrderReport, PurchaseActivity } from '../../src/ports/schema/values.ts'
import type { Row } from '../../src/ports/schema.ts'
import type { Store } from '../../src/ports/store.ts'
import { formatQuantity, wholeQuantity } from '../../src/streaks/quantity.ts'
import { OrderWorld } from '../helpers/order-world.ts'
import { orders, reports, rules } from '../helpers/report-arbitrary.ts'
import {
  leftOf,
  type OracleOrder,
  type OracleReports,
  type OracleRule,
  totalsOf,
} from '../helpers/report-oracle.ts'
import { basisOf, digitsOf, toldReports } from '../helpers/told-reports.ts'

const EUR = { currency: 'EUR' }
const refund = (id: string, amount: string, state: OrderReport['state'] = 'taken'): OrderReport => ({
  object: `shopify:refund:${id}`,
  kind: 'refund',
  state,
  amount,
  ...EUR,
})
const stripeRefund = (id: string, amount: string, state: OrderReport['state'] = 'taken'): OrderReport => ({
  ...refund(id, amount, state),
  object: `stripe:refund:${id}`,
})
const total = (amount: string): OrderReport => ({
  ...refund('', amount),
  object: 'stripe:charge:ch_1',
  kind: 'refund_total',
})
const dispute = (id: string, amount: string, state: OrderReport['state']): OrderReport => ({
  ...refund(id, amount, state),
  object: `stripe:dispute:${id}`,
  kind: 'dispute',
})
const cancellation: OrderReport = {
  object: 'shopify:cancellation:1001',
  kind: 'cancellation',
  state: 'taken',
  amount: null,
  currency: null,
}

/** What platforms report of orders, whatever comes first, on any store. */
export function describeReports(name: string, open: () => Promise<{ store: Store; close(): Promise<void> }>) {
  describe(`${name}: what platforms report of an order`, () => {
    let store: Store
    let close: () => Promise<void>
    let world: OrderWorld
    let count: Row<'streak'>
    let sum: Row<'streak'>

    beforeAll(async () => {
      ;({ store, close } = await open())
    })
    afterAll(() => close())
    beforeEach(() => begin())

    async function begin(): Promise<void> {
      world = new OrderWorld(store)
      count = await world.streak()
      sum = await world.streak({ aggregationMethod: 'sum', aggregationTargetValue: wholeQuantity(50) })
      await world.connect([count, sum])
    }

    /** What the order counts on both streaks: `count sum`, with what of it stands as withdrawn. */
    async function counted(): Promise<string> {
      const logs = await world.rows('streak_log')
      const value = (streak: Row<'streak'>) =>
        formatQuantity(logs.find(({ streakId }) => streakId === streak.id)?.effectiveValue ?? 0n)
      return `${value(count)} ${value(sum)}`
    }

    async function tell(...reports: readonly OrderReport[]): Promise<void> {
      for (const report of reports) await world.work(await world.report(report))
    }

    const statuses = async () => (await world.items()).map(({ status }) => status)

    it('a refund takes its amount from a sum, and from a count nothing until the total is reached', async () => {
      await world.work(await world.purchase())
      await tell(refund('1', '30'))
      expect(await counted()).toBe('1 70')
      await tell(refund('2', '69.99'))
      expect(await counted()).toBe('1 0.01')
      await tell(refund('3', '0.01'))
      expect(await counted()).toBe('0 0')
      const entries = await world.rows('withdrawal')
      const shown = entries.map(({ streakId, uniqueIdentifier, value }) => {
        const on = streakId === count.id ? 'count' : 'sum'
        return `${on} ${uniqueIdentifier} ${value === null ? 'whole' : formatQuantity(value)}`
      })
      expect(shown.toSorted()).toEqual([
        'count shopify:refund:3 whole',
        'sum shopify:refund:1 30',
        'sum shopify:refund:2 69.99',
        'sum shopify:refund:3 whole',
      ])
      expect(new Set(entries.map(({ deliveryId }) => deliveryId)).size).toBe(3)
    })

    it('takes no part of a log on a count streak, also where its rule measures an amount', async () => {
      await world.work(await world.purchase({ isAmount: true, activityValue: '100' }))
      await tell(refund('1', '0.01'))
      expect(await counted()).toBe('1 99.99')
      await tell(refund('2', '99.98'))
      expect(await counted()).toBe('1 0.01')
      await tell(refund('3', '0.01'))
      expect(await counted()).toBe('0 0')
    })

    it('a lost dispute over a part is like a refund of that part, and adds to refunds', async () => {
      await world.work(await world.purchase({ isAmount: true, activityValue: '100' }))
      await tell(dispute('1', '25', 'taken'))
      expect(await counted()).toBe('1 75')
      await tell(stripeRefund('1', '74.99'))
      expect(await counted()).toBe('1 0.01')
      await tell(dispute('2', '0.01', 'taken'))
      expect(await counted()).toBe('0 0')
    })

    it('a lost dispute in another currency than the order takes the whole, until it is won', async () => {
      await world.work(await world.purchase())
      await tell({ ...dispute('1', '1', 'taken'), currency: 'USD' })
      expect(await counted()).toBe('0 0')
      expect((await statuses()).at(-1)).toBe('applied')
      await tell({ ...dispute('1', '1', 'given_back'), currency: 'USD' })
      expect(await counted()).toBe('1 100')
    })

    it('waits for its purchase, which wakes it in the commit that counts', async () => {
      await tell(refund('1', '30'), cancellation)
      expect(await statuses()).toEqual(['waiting', 'waiting'])
      await world.work(await world.purchase())
      expect(await counted()).toBe('1 100')
      expect((await world.items()).filter(({ status }) => status === 'pending')).toHaveLength(2)
      await world.workOff()
      expect(await counted()).toBe('0 0')
      expect((await statuses()).filter((status) => status === 'applied')).toHaveLength(2)
    })

    it('the same object again adds nothing, nor does a job that runs twice', async () => {
      const items = await world.purchase()
      await world.work(items)
      await tell(refund('1', '30'), refund('1', '30'))
      await Promise.all(
        [world.report(refund('1', '30')), world.report(refund('1', '30'))].map(async (each) =>
          world.work(await each),
        ),
      )
      expect(await counted()).toBe('1 70')
      expect(await world.rows('withdrawal')).toHaveLength(1)
    })

    it('a cancellation and its refund take the order once, and a failed refund gives nothing back then', async () => {
      await world.work(await world.purchase())
      await tell(refund('1', '100'), cancellation, refund('1', '100', 'given_back'))
      expect(await counted()).toBe('0 0')
    })

    it('a refund that failed gives back what it took, and is last', async () => {
      await world.work(await world.purchase())
      await tell(refund('1', '40'), refund('2', '60'))
      expect(await counted()).toBe('0 0')
      await tell(refund('2', '60', 'given_back'), refund('2', '60'))
      expect(await counted()).toBe('1 60')
      await tell(refund('3', '60'))
      expect(await counted()).toBe('0 0')
    })

    it('only a lost dispute takes, and one that is won in the end gives back', async () => {
      await world.work(await world.purchase())
      await tell(dispute('1', '25', 'open'))
      expect(await counted()).toBe('1 100')
      await tell(dispute('1', '25', 'taken'))
      expect(await counted()).toBe('1 75')
      await tell(dispute('1', '25', 'given_back'))
      expect(await counted()).toBe('1 100')
    })

    it('a total of refunds holds those that are known by name', async () => {
      await world.work(await world.purchase())
      await tell(total('30'), stripeRefund('1', '30'))
      expect(await counted()).toBe('1 70')
      await tell(stripeRefund('2', '20'), total('50'))
      expect(await counted()).toBe('1 50')
      await tell(stripeRefund('2', '20', 'given_back'))
      expect(await counted()).toBe('1 70')
    })

    it('two platforms that report the same refund take it once', async () => {
      await world.work(await world.purchase())
      await tell(refund('1', '30'), stripeRefund('9', '30'))
      expect(await counted()).toBe('1 70')
    })

    it('a refund of the charge takes back the order it paid for, known by its reference, in any order', async () => {
      const byOrder = { orderId: '1001', orderReference: 'pi_1' }
      for (const first of ['purchase', 'refund'] as const) {
        await begin()
        const refunded = async () => world.work(await world.report(stripeRefund('1', '100'), 'pi_1'))
        if (first === 'refund') await refunded()
        await world.work(await world.purchase())
        await world.work(await world.purchase(byOrder, 'stripe'))
        if (first === 'purchase') await refunded()
        await world.workOff()
        expect(await counted()).toBe('0 0')
        const [delivery] = await store.findByKeys(
          'delivery',
          ['accountId', 'orderId'],
          [[world.accountId, 'pi_1']],
        )
        expect(delivery).toBeUndefined()
      }
    })

    it('reaches what another platform counts of the order, whatever comes first', async () => {
      type Step = 'charge' | 'order' | 'refund'
      const orders: Step[][] = [
        ['charge', 'refund', 'order'],
        ['charge', 'order', 'refund'],
        ['order', 'charge', 'refund'],
        ['order', 'refund', 'charge'],
        ['refund', 'charge', 'order'],
        ['refund', 'order', 'charge'],
      ]
      for (const steps of orders) {
        await begin()
        // the charge feeds one streak, the order both
        const stripe = world.connectors.get('stripe')!
        world.connectors.set('stripe', { ...stripe, rules: stripe.rules.slice(0, 1) })
        const items = {
          charge: () => world.purchase({ orderReference: 'pi_1' }, 'stripe'),
          order: () => world.purchase(),
          refund: () => world.report(stripeRefund('1', '100'), 'pi_1'),
        }
        for (const step of steps) {
          await world.work(await items[step]())
          await world.workOff()
        }
        expect([steps, await counted()]).toEqual([steps, '0 0'])
      }
    })

    it('reaches what is counted after it was applied, though the charge that names the order was a duplicate', async () => {
      const shopify = world.connectors.get('shopify')!
      world.connectors.set('shopify', { ...shopify, rules: shopify.rules.slice(0, 1) })
      const stripe = world.connectors.get('stripe')!
      world.connectors.set('stripe', { ...stripe, rules: stripe.rules.slice(0, 1) })
      await world.work(await world.purchase())
      await world.work(await world.purchase({ orderReference: 'pi_1' }, 'stripe'))
      await world.work(await world.report(stripeRefund('1', '100'), 'pi_1'))
      expect(await counted()).toBe('0 0')
      world.connectors.set('shopify', shopify)
      await world.work(await world.purchase())
      await world.workOff()
      expect(await counted()).toBe('0 0')
      expect((await world.rows('streak_log')).map(({ streakId }) => streakId)).toContain(sum.id)
    })

    it('finds its order by a charge that no rule looks at', async () => {
      await world.work(await world.purchase())
      const ignored = {
        kind: 'ignored',
        reason: 'NO_RULES',
        orderId: '1001',
        orderReference: 'pi_1',
      } as const
      await world.deliver('stripe', ignored)
      await world.work(await world.report(stripeRefund('1', '100'), 'pi_1'))
      expect(await counted()).toBe('0 0')
    })

    it('a refund of a second charge takes nothing from the one that counted', async () => {
      await world.work(await world.purchase({ orderReference: 'pi_1', orderTotal: '60' }, 'stripe'))
      await world.work(await world.purchase({ orderReference: 'pi_2', orderTotal: '40' }, 'stripe'))
      await world.work(await world.report(stripeRefund('1', '40'), 'pi_2'))
      expect(await counted()).toBe('1 60')
      await world.work(await world.report(stripeRefund('2', '60'), 'pi_1'))
      expect(await counted()).toBe('0 0')
    })

    it('takes back the log that the API made of the same order', async () => {
      const fields = { uniqueIdentifier: '1001', activityValue: wholeQuantity(100) }
      const member = { externalId: 'shopify:1', profile: {}, profileAt: null }
      for (const streak of [count, sum]) await world.record(streak, world.now, { ...fields, member })
      await tell(refund('1', '30'))
      await world.work(await world.purchase())
      await world.workOff()
      expect(await counted()).toBe('1 70')
    })

    it('adds to what was withdrawn over the API, cut to the log', async () => {
      await world.work(await world.purchase())
      const log = (await world.rows('streak_log')).find(({ streakId }) => streakId === sum.id)!
      await world.withdraw(log.id, wholeQuantity(20))
      await tell(refund('1', '30'))
      expect(await counted()).toBe('1 50')
      await tell(refund('1', '30', 'given_back'))
      expect(await counted()).toBe('1 80')
    })

    it('is ignored with its reason where it is in another currency', async () => {
      await world.work(await world.purchase())
      await tell({ ...refund('1', '30'), currency: 'USD' })
      expect(await counted()).toBe('1 100')
      const item = (await world.items()).find(({ report }) => report !== null)!
      expect([item.status, item.reason, item.message]).toEqual([
        'ignored',
        'CURRENCY_MISMATCH',
        'the report is in USD, the order that counted in EUR',
      ])
    })

    it('that was in another currency is looked at again when the order counts in that one too', async () => {
      const { shopify, stripe } = Object.fromEntries(world.connectors)
      world.connectors.set('shopify', { ...shopify!, rules: shopify!.rules.slice(0, 1) })
      world.connectors.set('stripe', { ...stripe!, rules: stripe!.rules.slice(1) })
      await world.work(await world.purchase())
      await tell({ ...refund('1', '100'), currency: 'USD' })
      expect(await statuses()).toContain('ignored')
      await world.work(await world.purchase({ currency: 'USD' }, 'stripe'))
      await world.workOff()
      expect(await counted()).toBe('1 0')
      expect(await statuses()).not.toContain('ignored')
    })

    it('concerns no order of another purchase space', async () => {
      await world.work(await world.purchase())
      await world.connect([count, sum], 'elsewhere')
      await tell(cancellation)
      expect(await counted()).toBe('1 100')
      expect(await statuses()).toContain('waiting')
    })

    it('an order of nothing is taken back by its cancellation only', async () => {
      await world.work(await world.purchase({ orderTotal: '0' }))
      await tell(refund('1', '0', 'open'))
      expect(await counted()).toBe('1 0')
      await tell(cancellation)
      expect(await counted()).toBe('0 0')
    })

    it('ends the same in any order, repeated, before and after the purchase, from four workers', async () => {
      const runs = name === 'SQLite' ? 60 : 15
      await fc.assert(
        fc.asyncProperty(history(), async (arrivals) => {
          await begin()
          const recorders = [0, 1, 2, 3].map(() => world.anotherRecorder())
          await Promise.all(
            recorders.map(async (recorder, worker) => {
              for (const arrival of arrivals.filter((_, index) => index % 4 === worker)) {
                const items = arrival === null ? await world.purchase() : await world.report(arrival)
                await world.work(items, recorder)
              }
            }),
          )
          await world.workOff(['pending', 'waiting'])
          expect(await counted()).toBe(expected(arrivals))
          const logs = await world.rows('streak_log')
          const progress = await world.rows('streak_progress')
          for (const { streakId, effectiveValue } of logs) {
            const own = progress.find((row) => row.streakId === streakId)
            expect(own?.currentProgressValue).toBe(effectiveValue)
          }
        }),
        { numRuns: runs },
      )
    })

    it('leaves by parts what the pages for merchants say, in any order, repeated, from two workers', async () => {
      await fc.assert(
        fc.asyncProperty(toldByParts, async ({ order, all, rule, arrivals }) => {
          // what was below the minimum from the first would not have counted
          fc.pre(leftOf(order, rule, NOTHING, false) === 1)
          await begin()
          const recorders = [0, 1].map(() => world.anotherRecorder())
          const fields = purchaseFields(order, rule)
          await Promise.all(
            recorders.map(async (recorder, worker) => {
              for (const arrival of arrivals.filter((_, index) => index % 2 === worker)) {
                const items = arrival === null ? await world.purchase(fields) : await world.report(arrival)
                await world.work(items, recorder)
              }
            }),
          )
          // payments that no refund lists wait for ever
          await world.workOff(['pending'])
          for (const item of await world.items()) if (item.status === 'waiting') await world.work([item])
          const isMoney = rule.value === 'order_total' || rule.value === 'order_subtotal'
          const [onCount, onSum] = [false, true].map((isSum) => leftOf(order, rule, all, isSum))
          expect(await counted()).toBe(`${onCount} ${isMoney ? onSum! / 100 : onSum}`)
          expect((await statuses()).filter((status) => status === 'pending')).toEqual([])
        }),
        { numRuns: name === 'SQLite' ? 40 : 10 },
      )
    })
  })
}

/** An order with what is told of it, some of it twice, in any order, with the order itself (null) among it. */
const toldByParts = fc.tuple(orders, reports, rules, fc.boolean()).chain(([order, all, rule, isShown]) => {
  const each: (OrderReport | null)[] = [...toldReports(order, all, isShown), null]
  const arrivals = fc
    .tuple(fc.shuffledSubarray(each, { minLength: each.length }), fc.subarray(each))
    .map(([once, again]) => [...once, ...again])
  return fc.record({
    order: fc.constant(order),
    all: fc.constant(all),
    rule: fc.constant(rule),
    arrivals,
  })
})

const NOTHING: OracleReports = { refunds: [], disputes: [], elsewhere: [], isCancelled: false }

/** The order as both streaks see it. */
function purchaseFields(order: OracleOrder, rule: OracleRule): Partial<PurchaseActivity> {
  const full = leftOf(order, { ...rule, minimum: null }, NOTHING, true)
  const isAmount = rule.value === 'order_total' || rule.value === 'order_subtotal'
  const activityValue = rule.value === 'one' ? null : isAmount ? digitsOf(full) : String(full)
  const orderTotal = digitsOf(totalsOf(order).total)
  return { isAmount, activityValue, orderTotal, basis: basisOf(order, rule) }
}

const STATES = ['open', 'taken', 'given_back'] as const

/** Reports in any order, some twice, with the purchase (null) among them. Amounts are whole euros. */
function history(): fc.Arbitrary<(OrderReport | null)[]> {
  const state = fc.constantFrom(...STATES)
  const report = fc.oneof(
    fc
      .record({ id: fc.constantFrom('1', '2', '3'), state })
      .map(({ id, state: at }) => refund(id, `${Number(id) * 20}`, at)),
    fc
      .record({ id: fc.constantFrom('1', '2'), state })
      .map(({ id, state: at }) => stripeRefund(id, `${Number(id) * 35}`, at)),
    state.map((at) => dispute('1', '10', at)),
    fc.constant(cancellation),
  )
  return fc
    .tuple(fc.array(report, { maxLength: 6 }), fc.nat())
    .map(([reports, at]) => reports.toSpliced(at % (reports.length + 1), 0, null as never))
}

/** What is left, read from the definition. */
function expected(arrivals: readonly (OrderReport | null)[]): string {
  const reports = arrivals.filter((each) => each !== null)
  const isTaken = (object: string) => {
    const states = reports.filter((each) => each.object === object).map(({ state }) => state)
    return states.includes('taken') && !states.includes('given_back')
  }
  const of = (prefix: string) => [1, 2, 3].filter((id) => isTaken(`${prefix}:${id}`))
  const shopify = of('shopify:refund').reduce((sum, id) => sum + id * 20, 0)
  const isLost = isTaken('stripe:dispute:1')
  const stripe = of('stripe:refund').reduce((sum, id) => sum + id * 35, 0) + (isLost ? 10 : 0)
  const isCancelled = isTaken(cancellation.object)
  const refunded = Math.min(100, Math.max(shopify, stripe))
  const isWhole = isCancelled || refunded === 100
  return `${isWhole ? 0 : 1} ${isWhole ? 0 : 100 - refunded}`
}

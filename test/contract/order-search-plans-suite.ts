import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { v7 as newId } from 'uuid'
import { findOrder } from '../../src/inbox/explain/find-order.ts'
import { searchOrders } from '../../src/inbox/search/orders.ts'
import type { PlanHarness } from './plans/harness.ts'
import { commitSettled, insert, newAccount } from './store/context.ts'
import { row } from './store/rows.ts'

const ORDERS = 5_000
const CHUNK = 250
/** Of the 20 that are shown some hundred rows at the most, however many there are. */
const MOST_ROWS = 500

/** That a search of orders reads few rows, by the store's own account of its plans. */
export function describeOrderSearchPlans(name: string, setup: () => Promise<PlanHarness>): void {
  describe(`what a search of orders reads on ${name}`, () => {
    let harness: PlanHarness
    const accountId = newAccount()

    beforeAll(async () => {
      harness = await setup()
      for (let from = 0; from < ORDERS; from += CHUNK) {
        const changes = Array.from({ length: CHUNK }, (_, at) => orderOf(from + at)).flat()
        expect(await commitSettled(harness.store, changes)).toEqual({ outcome: 'committed' })
      }
    }, 300_000)
    afterAll(() => harness.close())

    function orderOf(nth: number) {
      const common = { accountId, createdAt: nth + 1, receivedAt: nth + 1 }
      const delivery = row('delivery', {
        ...common,
        orderId: `9${nth}`,
        orderName: `#1${nth}`,
        orderNameKey: `1${nth}`,
        orderReference: `pi_${nth}`,
        dedupeKey: newId(),
      })
      const named = { ...common, deliveryId: delivery.id, activity: null, report: null, dueAt: null }
      const member = row('member', {
        ...{ accountId, externalId: `shopify:${nth}`, email: `s${nth}@example.com` },
        emailIdentity: `email:s${nth}@example.com`,
        ...{ nameKey: `sara levi ${nth}`, turnedNameKey: `levi ${nth} sara` },
      })
      return [
        insert('delivery', delivery),
        insert('member', member),
        insert('streak_log', row('streak_log', { ...common, ownedById: member.id, deliveryId: delivery.id })),
        // somebody who buys all the time, and somebody else each time
        insert('delivery_item', row('delivery_item', { ...named, externalId: 'shopify:often' })),
        insert('delivery_item', row('delivery_item', { ...named, externalId: `shopify:${nth}` })),
        insert(
          'delivery_item',
          row('delivery_item', { ...named, addressIdentity: 'email:often@example.com' }),
        ),
      ]
    }

    it.each([
      ['#14711', 1],
      ['94711', 1],
      ['pi_4711', 1],
      ['1', 21],
      ['shopify:often', 21],
      ['often@example.com', 21],
      ['s4711@example.com', 1],
      ['shopify:4711', 1],
      ['sara levi 4711', 1],
      ['levi 4711', 1],
      ['nobody', 0],
    ])('is little for %s', async (sought, least) => {
      await harness.examined()
      const { deliveries, hasMore } = await searchOrders(harness.store, accountId, sought, 20)
      expect(deliveries.length + (hasMore ? 1 : 0)).toBe(least)
      await expectLittleRead()
    })

    async function expectLittleRead(): Promise<void> {
      const { rows, plans } = await harness.examined()
      const isScan = plans.some((plan) => /COLLSCAN|^SCAN (?!\(|json_each)/.test(plan))
      expect({
        rows: rows > MOST_ROWS ? rows : 'few',
        isScan,
        plans: isScan || rows > MOST_ROWS ? plans : [],
      }).toEqual({
        ...{ rows: 'few', isScan: false, plans: [] },
      })
    }

    it.each([{ orderId: '94711' }, { orderId: 'pi_4711' }, { orderName: '#14711' }, { orderId: 'nobody' }])(
      'is little for one that is explained, %o',
      async (question) => {
        await harness.examined()
        const found = await findOrder(harness.store, accountId, question, new Map())
        expect(found?.orderId).toBe(question.orderId === 'nobody' ? undefined : '94711')
        await expectLittleRead()
      },
    )

    it('is bounded for the name of many', async () => {
      await harness.examined()
      expect((await searchOrders(harness.store, accountId, 'sara', 20)).hasMore).toBe(true)
      // of 100 members what each bought
      expect((await harness.examined()).rows).toBeLessThan(ORDERS)
    })
  })
}

import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { orderOf } from '../../connectors/stripe/hands/read-bodies.ts'
import type { OrderPage } from '../../src/ports/hands.ts'
import type { PlatformDoor } from '../../src/ports/platform-door.ts'
import type { Store } from '../../src/ports/store.ts'
import { type Api, startApi } from '../helpers/api.ts'
import { type BackfillRig, openBackfillRig } from '../helpers/backfill-rig.ts'
import { openTempStore } from '../helpers/sqlite-store.ts'

const ORDERS = process.env.TEST_FULL === '1' ? 100_000 : 3_000
const PAGE = 100
const START = Date.parse('2026-06-01T00:00:00Z')
const SECOND_MS = 1_000
/** Of which the store's own cache and the log of SQLite are the most. */
const MAX_GROWTH_BYTES = 96 * 1024 * 1024

let store: Store & { close(): Promise<void> }
let closeStore: () => Promise<void>
let api: Api
let rig: BackfillRig & { close(): Promise<void> }

beforeAll(async () => {
  const opened = await openTempStore()
  store = opened.store as typeof store
  closeStore = opened.close
  api = await startApi({ store })
  rig = await openBackfillRig(api)
})
afterAll(async () => {
  await rig.close()
  await api.close()
  await closeStore()
})

/** A platform with any number of orders, which keeps none of them. */
function pageFrom(first: number): OrderPage {
  const orders = Array.from({ length: Math.min(PAGE, ORDERS - first) }, (_, index) => {
    const nth = first + index
    const charge = {
      ...{ object: 'charge', id: `ch_${nth}`, payment_intent: `pi_${nth}`, customer: null },
      ...{ paid: true, captured: true, refunded: false, status: 'succeeded', livemode: true },
      ...{ amount: 2_500, amount_captured: 2_500, amount_refunded: 0, currency: 'eur', metadata: {} },
      created: (START + nth * SECOND_MS) / 1_000,
      billing_details: { email: `buyer${nth % 5_000}@example.com` },
    }
    return orderOf({ charge: charge as never, refunds: [], disputes: [], apiVersion: null })
  })
  const next = first + PAGE < ORDERS ? String(first + PAGE) : null
  return { orders, next, readUpTo: START + (first + orders.length) * SECOND_MS }
}

it(`takes in ${ORDERS} orders without growing memory`, async () => {
  const held: number[] = []
  const door: PlatformDoor = {
    use: async (_accountId, _connectorId, ask) =>
      (await ask(
        {
          readOrders: async (_site: object, _access: object, { cursor }: { cursor: string | null }) => {
            const first = Number(cursor ?? 0)
            if (first % (ORDERS / 10) === 0) {
              globalThis.gc?.()
              held.push(process.memoryUsage().rss)
            }
            return { outcome: 'ok', value: pageFrom(first) }
          },
        } as never,
        {} as never,
        {},
      )) as never,
  }
  const since = new Date(START).toISOString()
  const until = new Date(START + ORDERS * SECOND_MS).toISOString()
  const { body } = await rig.begin({ since, until })
  await rig.work({ door })
  expect(await rig.shown(body.data.id)).toMatchObject({ state: 'done', found: ORDERS, counted: ORDERS })
  // the first tenth fills caches; the others add nothing
  expect(held).toHaveLength(10)
  expect(Math.max(...held.slice(2)) - held[1]!).toBeLessThan(MAX_GROWTH_BYTES)
}, 1_800_000)

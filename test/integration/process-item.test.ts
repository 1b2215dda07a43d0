import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { v7 as uuidv7 } from 'uuid'
import type { EntryRecorder, Recorder } from '../../src/engine/types.ts'
import { AppError } from '../../src/errors.ts'
import { deliveryRows } from '../../src/inbox/rows.ts'
import type { RuleOutcome } from '../../src/ports/connector.ts'
import { activityJobOf } from '../../src/ports/queue.ts'
import type { Row } from '../../src/ports/schema.ts'
import type { Store } from '../../src/ports/store.ts'
import { createProcessItems } from '../../workers/activity/process.ts'
import { row } from '../contract/store/rows.ts'
import { quietLogger } from '../helpers/quiet-logger.ts'
import { rule } from '../helpers/rules.ts'
import { openTempStore } from '../helpers/sqlite-store.ts'

const activity = {
  externalId: 'shopify:1',
  profile: {},
  profileAt: 1,
  activityAt: 1,
  activityId: 'made_a_purchase',
  activityValue: null,
  orderId: '1001',
  orderReference: null,
  orderTotal: null,
  currency: null,
  isAmount: false,
  purchaseSpace: 'shop',
  droppedFields: [],
}

describe('an item of a delivery', () => {
  let store: Store
  let close: () => Promise<void>
  let item: Row<'delivery_item'>

  beforeEach(async () => {
    ;({ store, close } = await openTempStore())
    item = row('delivery_item', { activity, status: 'pending', dueAt: 1 })
    await store.commit([{ op: 'insert', collection: 'delivery_item', row: item }])
  })
  afterEach(() => close())

  async function tryOnce(error: unknown, lastTry: boolean): Promise<Row<'delivery_item'>> {
    const fail = () => Promise.reject(error)
    const recorder: Recorder & EntryRecorder = { record: fail, enter: fail, applyReports: fail }
    const processItems = createProcessItems({ store, recorder, clock: { now: () => 2 }, logger: quietLogger })
    const context = { tryNumber: 1, lastTry, jobId: 'act-1', signal: new AbortController().signal }
    await expect(processItems(activityJobOf(item), context)).rejects.toBe(error)
    const [after] = await store.findByKeys('delivery_item', ['id'], [[item.id]])
    return after!
  }

  it('stays due after the last try when the store was in trouble, so that nothing is lost', async () => {
    const after = await tryOnce(new AppError('STORE_UNAVAILABLE', 'the store is down'), true)
    expect([after.status, after.dueAt]).toEqual(['pending', 1])
    expect([after.reason, after.message]).toEqual([
      'STORE_UNAVAILABLE',
      '1 tries were in vain and more will follow: the store is down',
    ])
  })

  it('says nothing of trouble that another try may end', async () => {
    const after = await tryOnce(new AppError('STORE_UNAVAILABLE', 'the store is down'), false)
    expect([after.status, after.reason, after.message]).toEqual(['pending', null, null])
  })

  it('fails at once when it can never be recorded', async () => {
    const after = await tryOnce(new AppError('INVALID_INPUT', 'the value is not a number'), false)
    expect([after.status, after.reason, after.dueAt]).toEqual(['failed', 'INVALID_INPUT', null])
  })

  it('fails after the last try when nobody knows why', async () => {
    expect((await tryOnce(new TypeError('secret'), false)).status).toBe('pending')
    const after = await tryOnce(new TypeError('secret'), true)
    expect([after.status, after.reason]).toEqual(['failed', 'INTERNAL'])
    expect(after.message).not.toContain('secret')
  })
})

describe('a delivery that several rules look at', () => {
  it('counts for one streak by the first rule that takes it', () => {
    const streaks = [uuidv7(), uuidv7()]
    const rules = [0, 0, 1, 0].map((index) => rule({ streakId: streaks[index]! }))
    const log: RuleOutcome = { kind: 'log', activity }
    const ignored: RuleOutcome = { kind: 'ignored', reason: 'BELOW_MINIMUM', message: 'below the minimum' }
    const { items } = deliveryRows(
      {
        connector: row('connector', { platform: 'shopify', rules }),
        rawBody: new Uint8Array([1]),
        receivedAt: 1,
        reading: {
          verified: { ok: true, webhookId: 'w1', topic: 'orders/paid', headers: {} },
          translation: {
            kind: 'translated',
            orderId: '1001',
            orderReference: null,
            outcomes: [ignored, log, log, log],
          },
          identities: [],
          bodySha256: 'a'.repeat(64),
        },
      },
      uuidv7,
    )
    expect(items.map((each) => each.status)).toEqual(['ignored', 'pending', 'pending', 'ignored'])
    expect(items[3]!.message).toBe('rule 1 already counts this purchase for the same streak')
  })
})

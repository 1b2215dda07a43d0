import { describe, expect, it } from '@jest/globals'
import { checksOf, firstFault, lookAt } from '../../connectors/checks.ts'
import type { Purchase } from '../../connectors/purchase.ts'
import type { ConnectorRule } from '../../src/ports/schema/values.ts'

const RULE: ConnectorRule = {
  streakId: 'a streak',
  activityId: 'made_a_purchase',
  value: 'one',
  currency: null,
  minimumValue: null,
  identifyBy: 'customer_id',
  guests: 'by_email',
  testOrders: 'ignore',
}
const ONE = { ok: true, value: 1_000_000n } as const

/** What was read of it by a name that no part of the rule asks for. */
let read: string[] = []

function purchase(): Purchase {
  const told = <T>(name: string, value: T): T => {
    read.push(name)
    return value
  }
  return {
    platform: 'shopify',
    customer: { kind: 'known', id: '1' },
    profile: {},
    droppedFields: [],
    orderId: '2',
    orderName: null,
    references: [],
    activityAt: 1_000,
    isTest: false,
    currency: 'EUR',
    amounts: { order_total: ONE, order_subtotal: ONE, item_count: ONE },
    lines: [],
    giftCardMoney: { ok: true, value: 0n },
    get tags() {
      return told('tags', ['first'])
    },
    get products() {
      return told('products', [])
    },
    channel: 'web',
    taxesIncluded: null,
    presented: null,
    decimals: 2,
    edits: [],
    profileAt: 1_000,
  }
}

describe('whether a rule takes a purchase', () => {
  it('is found without what a rule does not ask for, and without what is only told to people', () => {
    read = []
    const sight = lookAt(RULE, purchase(), { receivedAt: 2_000 })
    expect(firstFault(sight)).toBeNull()
    expect(read).toEqual([])
  })

  it('is told with all of it where somebody asks', () => {
    read = []
    const checks = checksOf(lookAt(RULE, purchase(), { receivedAt: 2_000 }))
    expect(checks.every(({ passed }) => passed)).toBe(true)
    expect(new Set(read)).toEqual(new Set(['tags', 'products']))
    expect(checks.find(({ check }) => check === 'TAG_MISSING')).toMatchObject({ value: '"first"' })
  })
})

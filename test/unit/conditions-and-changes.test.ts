import { describe, expect, it } from '@jest/globals'
import { change, insert, remove, revise } from '../../src/ports/changes.ts'
import {
  above,
  all,
  any,
  ascending,
  atLeast,
  atMost,
  below,
  between,
  beyond,
  equal,
  oneOf,
  otherThan,
  present,
} from '../../src/ports/conditions.ts'
import type { Row } from '../../src/ports/schema.ts'
import type { Change, Condition, Query } from '../../src/ports/store.ts'

/** What the compiler takes the place of the collection from: the place that the condition is written for. */
const ofRuns = (where: Condition<'run'>): Condition<'run'> => where
const ofRewards = (where: Condition<'reward_log'>): Condition<'reward_log'> => where
const sortOfRuns = (sort: Query<'run'>['sort']) => sort

describe('conditions', () => {
  it('asks for one value, and for several of them side by side', () => {
    expect(ofRuns(equal({ firstPeriod: 3 }))).toEqual({ field: 'firstPeriod', op: 'eq', value: 3 })
    expect(ofRuns(equal({ accountId: 'a', breakable: true }))).toEqual({
      and: [
        { field: 'accountId', op: 'eq', value: 'a' },
        { field: 'breakable', op: 'eq', value: true },
      ],
    })
  })

  it('asks with null for what has no value', () => {
    expect(ofRewards(equal({ couponUsed: null }))).toEqual({ field: 'couponUsed', op: 'isNull' })
    expect(ofRewards(present('reward'))).toEqual({ field: 'reward', op: 'isNotNull' })
  })

  it('compares as each word says', () => {
    expect(ofRuns(otherThan('id', 'x'))).toEqual({ field: 'id', op: 'ne', value: 'x' })
    expect(ofRuns(oneOf('id', ['x', 'y']))).toEqual({ field: 'id', op: 'in', value: ['x', 'y'] })
    expect(ofRuns(above('length', 3))).toEqual({ field: 'length', op: 'gt', value: 3 })
    expect(ofRuns(atLeast('length', 3))).toEqual({ field: 'length', op: 'gte', value: 3 })
    expect(ofRuns(below('length', 3))).toEqual({ field: 'length', op: 'lt', value: 3 })
    expect(ofRuns(atMost('length', 3))).toEqual({ field: 'length', op: 'lte', value: 3 })
    expect(ofRuns(between('length', 3, 5))).toEqual({
      and: [
        { field: 'length', op: 'gte', value: 3 },
        { field: 'length', op: 'lte', value: 5 },
      ],
    })
  })

  it('puts all that must hold side by side, and leaves out what asks nothing', () => {
    const conditions = all<'run'>(equal({ accountId: 'a', ownedById: 'b' }), null, above('length', 3))
    expect(conditions).toEqual({
      and: [
        { field: 'accountId', op: 'eq', value: 'a' },
        { field: 'ownedById', op: 'eq', value: 'b' },
        { field: 'length', op: 'gt', value: 3 },
      ],
    })
    expect(all()).toEqual({ and: [] })
  })

  it('keeps what may hold apart', () => {
    const conditions = any<'run'>(equal({ accountId: 'a', ownedById: 'b' }), above('length', 3))
    expect(conditions).toEqual({
      or: [equal<'run'>({ accountId: 'a', ownedById: 'b' }), { field: 'length', op: 'gt', value: 3 }],
    })
    expect(any()).toEqual({ or: [] })
  })

  it('knows the fields of a collection and what they hold', () => {
    // @ts-expect-error there is no such field
    ofRuns(equal({ acountId: 'a' }))
    // @ts-expect-error it holds a text
    ofRuns(equal({ accountId: 3 }))
    // @ts-expect-error it always has a value
    ofRuns(equal({ accountId: null }))
    // @ts-expect-error what is not there is not the same as what has no value
    ofRuns(equal({ accountId: undefined }))
    // @ts-expect-error what is JSON cannot be compared with
    ofRewards(equal({ reward: '{}' }))
    // @ts-expect-error there is no such field, also inside another condition
    ofRuns(all(equal({ accountId: 'a' }), any(equal({ acountId: 'a' }))))
    // @ts-expect-error of another collection
    ofRuns(present('couponUsed'))
    // @ts-expect-error it holds a number
    ofRuns(above('length', '3'))
    // @ts-expect-error it holds a number
    ofRuns(between('length', 3, 5n))
    // @ts-expect-error there is no such status
    ofRewards(oneOf('fulfilmentStatus', ['hold']))
    // @ts-expect-error there is no such status
    ofRewards(otherThan('fulfilmentStatus', 'hold'))
    // @ts-expect-error the row does not say where it stands
    ofRewards(beyond('dueAt', 'asc', { id: 'x' }))
    // @ts-expect-error there is no such field
    sortOfRuns(ascending('firstPerod'))
    // @ts-expect-error which collection is unknown, and not all of them have this field
    expect(equal({ length: 3 })).toBeDefined()
  })
})

describe('changes', () => {
  const run: Pick<Row<'run'>, 'id' | 'accountId' | 'length'> = { id: 'x', accountId: 'a', length: 3 }
  const streak = { id: 'x', accountId: 'a', revision: 4 }

  it('names the row and takes nothing else of it', () => {
    const set = { length: 4 }
    const ids = { collection: 'run', id: 'x', accountId: 'a' }
    expect(change('run', run, { length: 3 }, set)).toEqual({
      op: 'update',
      ...ids,
      guard: { length: 3 },
      set,
    })
    expect(remove('run', run, {})).toEqual({ op: 'delete', ...ids, guard: {} })
  })

  it('raises the revision that guards it', () => {
    expect(revise('streak', streak, { hasLogs: true })).toEqual({
      op: 'update',
      collection: 'streak',
      id: 'x',
      accountId: 'a',
      guard: { revision: 4 },
      set: { hasLogs: true, revision: 5 },
    })
  })

  it('raises it whatever the fields say of it', () => {
    const stale: Partial<Row<'streak'>> = { hasLogs: true, revision: 4 }
    expect(revise('streak', streak, stale)).toMatchObject({ set: { hasLogs: true, revision: 5 } })
  })

  it('knows the fields of a collection and what they hold', () => {
    const typed: (() => Change)[] = [
      // @ts-expect-error there is no such field
      () => change('run', run, {}, { lenght: 4 }),
      // @ts-expect-error it holds a number
      () => change('run', run, { length: '3' }, {}),
      // @ts-expect-error of another collection
      () => change('run', run, {}, { hasLogs: true }),
      // @ts-expect-error whose row?
      () => change('run', { id: 'x' }, {}, {}),
      // @ts-expect-error its rows carry no revision
      () => revise('run', streak, {}),
      // @ts-expect-error this row does not tell its revision
      () => revise('streak', run, {}),
      // @ts-expect-error the revision is not the caller's to set
      () => revise('streak', streak, { revision: 9 }),
      // @ts-expect-error the rest of the row
      () => insert('run', run),
      // @ts-expect-error there is no such field
      () => remove('run', run, { lenght: 4 }),
    ]
    expect(typed).toHaveLength(9)
  })
})

import { describe, expect, it } from '@jest/globals'
import type { CollectionName, Row } from '../../../src/ports/schema.ts'
import { SCHEMA, specOf } from '../../../src/ports/schema.ts'
import { newAccount, rowById, rowsOf, type StoreContext, seed } from './context.ts'
import { row } from './rows.ts'
import { INSTANTS, INTEGERS, QUANTITIES, TEXTS } from './values.ts'

/** What is written is what is read, to the last digit, byte and code point. */
export function describeFieldTypes({ store }: StoreContext): void {
  /** One row per value; each comes back exactly, by find and by key. */
  async function expectExact<C extends CollectionName>(
    collection: C,
    givens: readonly Partial<Row<C>>[],
  ): Promise<void> {
    const accountId = newAccount()
    const rows = givens.map((given) => row(collection, { accountId, ...given } as Partial<Row<C>>))
    await seed(store(), collection, rows)
    const found = new Map((await rowsOf(store(), collection, accountId)).map((each) => [each.id, each]))
    for (const written of rows) {
      expect(found.get(written.id)).toEqual(written)
      expect(await rowById(store(), collection, written.id)).toEqual(written)
    }
  }

  describe('a row comes back exactly', () => {
    it('with texts of every kind', () =>
      expectExact(
        'streak',
        TEXTS.map((name) => ({ name })),
      ))

    it('with quantities of up to 25 digits', () =>
      expectExact(
        'streak_log',
        QUANTITIES.map((effectiveValue) => ({ effectiveValue, activityValue: effectiveValue })),
      ))

    it('with integers', () =>
      expectExact(
        'streak',
        INTEGERS.map((completionTargetValue) => ({ completionTargetValue })),
      ))

    it('with instants', () =>
      expectExact(
        'streak_progress',
        INSTANTS.map((firstEffectiveAt) => ({ firstEffectiveAt, createdAt: firstEffectiveAt })),
      ))

    it('with booleans', () =>
      expectExact('reward_log', [
        { standing: true, once: false },
        { standing: false, once: true },
      ]))

    it('with bytes', () =>
      expectExact(
        'delivery',
        [
          { body: new Uint8Array(0) },
          { body: Uint8Array.from({ length: 256 }, (_, byte) => byte) },
          { body: new Uint8Array(40_000).fill(0xff) },
          { body: Buffer.from('{"id":450789469}').subarray(1, 5) as Uint8Array },
          { body: null },
        ].map(({ body }) => ({ body: body === null ? null : new Uint8Array(body) })),
      ))

    it('with JSON', () =>
      expectExact('delivery', [
        { headers: {} },
        {
          headers: {
            'x-shop': 'café',
            emoji: '😀\u{10FFFF}',
            quote: '"\\\u2028\n\t',
            '': 'empty',
            'a.b': '$set',
          },
        },
        { headers: { $gt: '', __proto__key: '1', '0': 'number-like' } },
      ]))

    it('with nested JSON, lists and nulls in it', () =>
      expectExact('coupon_provider', [
        {
          settings: { list: [1, 'two', null, true, { three: [] }], number: 1.5, big: 9_007_199_254_740_991 },
        },
        { settings: { nothing: null, deep: { a: { b: { c: [[[]]] } } } } },
      ]))

    it.each(Object.keys(SCHEMA) as CollectionName[])(
      'of %s, with its nulls and without',
      async (collection) => {
        const full: Record<string, unknown> = {}
        for (const [name, { type, nullable }] of Object.entries(specOf(collection).fields)) {
          if (!nullable) continue
          full[name] = {
            id: 'some-id',
            text: 'text',
            integer: 7,
            boolean: true,
            instant: 1,
            quantity: 10n,
            json: [1],
            bytes: new Uint8Array([0, 1]),
          }[type]
        }
        const given = collection === 'account' ? {} : { accountId: newAccount() }
        const rows = [row(collection, given), row(collection, { ...given, ...full })]
        await seed(store(), collection, rows)
        for (const written of rows) expect(await rowById(store(), collection, written.id)).toEqual(written)
      },
    )

    it('after an update of every kind of field', async () => {
      const accountId = newAccount()
      const delivery = row('delivery', { accountId, body: new Uint8Array([1]) })
      const streak = row('streak', { accountId })
      await seed(store(), 'delivery', [delivery])
      await seed(store(), 'streak', [streak])
      const body = new Uint8Array([0, 255])
      const headers = { 'content-type': 'é' }
      const fields = {
        hasLogs: true,
        aggregationTargetValue: 1n,
        completionTargetValue: 3,
        updatedAt: 5,
        name: '😀',
      }
      await store().commit([
        {
          op: 'update',
          collection: 'delivery',
          id: delivery.id,
          accountId,
          set: { body, headers, orderId: '7' },
        },
        { op: 'update', collection: 'streak', id: streak.id, accountId, set: fields },
      ])
      expect(await rowById(store(), 'delivery', delivery.id)).toEqual({
        ...delivery,
        body,
        headers,
        orderId: '7',
      })
      expect(await rowById(store(), 'streak', streak.id)).toEqual({ ...streak, ...fields })
      await store().commit([
        {
          op: 'update',
          collection: 'delivery',
          id: delivery.id,
          accountId,
          set: { body: null, orderId: null },
        },
        {
          op: 'update',
          collection: 'streak',
          id: streak.id,
          accountId,
          set: { completionTargetValue: null },
        },
      ])
      expect(await rowById(store(), 'delivery', delivery.id)).toEqual({
        ...delivery,
        headers,
        body: null,
        orderId: null,
      })
      expect((await rowById(store(), 'streak', streak.id))?.completionTargetValue).toBeNull()
    })

    it('untouched when the caller changes its own copy afterwards', async () => {
      const provider = row('coupon_provider', { settings: { url: 'https://shop.example' } })
      const written = structuredClone(provider)
      await seed(store(), 'coupon_provider', [provider])
      ;(provider.settings as Record<string, unknown>).url = 'changed'
      const read = await rowById(store(), 'coupon_provider', provider.id)
      expect(read).toEqual(written)
    })
  })
}

import { expect, it } from '@jest/globals'
import { activityOf, outcomesOf, rule } from '../../helpers/rules.ts'
import {
  type ConnectorSetup,
  MINUTE_MS,
  memberOf,
  NOW,
  translateBody,
  translateWith,
  USUAL,
} from './context.ts'

export function describePurchases(setup: ConnectorSetup): void {
  it('a purchase becomes one activity for the member the platform knows', () => {
    const translation = translateWith(setup, [rule({ activityId: 'bought' })])
    expect(translation).toMatchObject({ kind: 'translated', orderId: '5001' })
    expect(activityOf(translation)).toMatchObject({
      externalId: memberOf(setup),
      activityAt: NOW - MINUTE_MS,
      activityId: 'bought',
      activityValue: null,
      orderId: '5001',
      purchaseSpace: 'space-1',
      profile: { email: 'Buyer@Example.com' },
      droppedFields: [],
    })
  })

  it('order ids beyond 2^53 keep every digit', () => {
    const translation = translateWith(setup, [rule()], { orderId: '820982911946154508' })
    expect(activityOf(translation).orderId).toBe('820982911946154508')
  })

  it('topics it does not support are ignored, whatever the body says', () => {
    const rawBody = Buffer.from(setup.purchase(USUAL))
    for (const topic of ['', 'no/such.topic', ...setup.otherTopics]) {
      const input = {
        rawBody,
        topic,
        receivedAt: NOW,
        rules: [rule()],
        purchaseSpace: 'space-1',
        orderIdFrom: null,
        settings: setup.settings,
      }
      expect(setup.connector.translate(input)).toEqual({
        kind: 'ignored',
        reason: 'TOPIC_NOT_SUPPORTED',
        orderId: null,
      })
    }
  })

  it('whom a body names is known by either identity', () => {
    const { connector, settings } = setup
    const named = (changes: Partial<typeof USUAL>) =>
      connector.identities(Buffer.from(setup.purchase({ ...USUAL, ...changes })), settings)
    expect(named({})).toEqual([memberOf(setup), 'email:buyer@example.com'])
    expect(named({ customerId: null })).toEqual(['email:buyer@example.com'])
    expect(named({ email: null })).toEqual([memberOf(setup)])
    expect(named({ customerId: null, email: null })).toEqual([])
  })

  it('a body that is not a purchase is ignored as not understood', () => {
    for (const body of [
      '',
      'not json',
      'null',
      '1',
      '"text"',
      '[]',
      '{}',
      '{"id":1}',
      '{"data":{"object":{}}}',
    ]) {
      expect(outcomesOf(translateBody(setup, body, [rule()]))).toBe('BODY_NOT_UNDERSTOOD')
    }
  })

  it('the same input gives the same answer', () => {
    const rules = [rule(), rule({ value: 'order_total', currency: 'USD' })]
    expect(translateWith(setup, rules)).toEqual(translateWith(setup, rules))
  })

  it('a profile is never dated after its receipt', () => {
    const activity = activityOf(translateWith(setup, [rule()], { atMs: NOW + 4 * MINUTE_MS }))
    expect(activity.profileAt).toBeLessThanOrEqual(NOW)
  })

  it('every value it says it measures is measured in decimal digits', () => {
    for (const value of setup.connector.values) {
      const { activityValue } = activityOf(translateWith(setup, [rule({ value, currency: 'USD' })]))
      if (value === 'one') expect(activityValue).toBeNull()
      else expect(activityValue).toMatch(/^\d+(\.\d{1,6})?$/)
    }
    expect(setup.connector.values).toEqual(expect.arrayContaining(['one', 'order_total']))
  })

  it('amounts keep their digits', () => {
    const total = (text: string) =>
      activityOf(translateWith(setup, [rule({ value: 'order_total', currency: 'USD' })], { total: text }))
        .activityValue
    expect(total('42.5')).toBe('42.5')
    expect(total('0.07')).toBe('0.07')
    expect(total('0')).toBe('0')
    expect(total('999999999.99')).toBe('999999999.99')
  })
}

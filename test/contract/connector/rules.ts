import { expect, it } from '@jest/globals'
import type { ConnectorRule } from '../../../src/ports/schema/values.ts'
import { activityOf, outcomesOf, rule } from '../../helpers/rules.ts'
import { type ConnectorSetup, MINUTE_MS, NOW, type PurchaseOptions, translateWith } from './context.ts'

export function describeRules(setup: ConnectorSetup): void {
  const outcome = (overrides: Partial<ConnectorRule>, changes: Partial<PurchaseOptions> = {}) => {
    const [only] = outcomesOf(translateWith(setup, [rule(overrides)], changes))
    return only
  }
  const memberOf = (overrides: Partial<ConnectorRule>, changes: Partial<PurchaseOptions> = {}) =>
    activityOf(translateWith(setup, [rule(overrides)], changes)).externalId

  it('each rule has its own outcome, in the order of the rules', () => {
    const rules = [rule(), rule({ currency: 'EUR' }), rule({ activityId: 'third' })]
    expect(outcomesOf(translateWith(setup, rules))).toEqual(['log', 'CURRENCY_MISMATCH', 'log'])
  })

  it('without rules the delivery is ignored under its order id, and still says what else the order is called', () => {
    const purchase = translateWith(setup, [rule()])
    const { orderReference, otherReference } = activityOf(purchase)
    const names = { orderName: purchase.orderName, orderReference, otherReference }
    const ignored = { kind: 'ignored', reason: 'NO_RULES', orderId: '5001', ...names }
    expect(translateWith(setup, [])).toEqual(ignored)
  })

  it('a currency is compared in any case', () => {
    expect(outcome({ currency: 'usd' })).toBe('log')
    expect(outcome({ currency: 'USD' }, { currency: 'usd' })).toBe('log')
    expect(outcome({ currency: 'EUR', value: 'order_total' })).toBe('CURRENCY_MISMATCH')
  })

  it('an amount without a currency is not counted', () => {
    expect(outcome({ value: 'order_total' })).toBe('CURRENCY_MISMATCH')
    expect(outcome({ minimumValue: '1' })).toBe('CURRENCY_MISMATCH')
  })

  it('a purchase of exactly the minimum counts, a smaller one does not', () => {
    const minimum = { currency: 'USD', minimumValue: '42.50' }
    expect(outcome(minimum, { total: '42.5' })).toBe('log')
    expect(outcome(minimum, { total: '42.49' })).toBe('BELOW_MINIMUM')
    expect(outcome({ ...minimum, value: 'order_total' }, { total: '42.49' })).toBe('BELOW_MINIMUM')
  })

  it('a total beyond the limit is out of range as a value, but above every minimum', () => {
    const total = '1000000000.01'
    expect(outcome({ value: 'order_total', currency: 'USD' }, { total })).toBe('VALUE_OUT_OF_RANGE')
    expect(outcome({ minimumValue: '1000000000', currency: 'USD' }, { total })).toBe('log')
    expect(outcome({}, { total })).toBe('log')
  })

  it('test purchases count only where the rule wants them', () => {
    if (setup.hasNoTests) return
    expect(outcome({}, { isTest: true })).toBe('TEST_ORDER')
    expect(outcome({ testOrders: 'count' }, { isTest: true })).toBe('log')
  })

  it('a guest is the member of the address, trimmed and lower-cased', () => {
    expect(memberOf({}, { customerId: null })).toBe('email:buyer@example.com')
    expect(memberOf({ identifyBy: 'email' }, { customerId: null })).toBe('email:buyer@example.com')
    expect(memberOf({}, { customerId: null, email: '  ÅSA@Example.COM ' })).toBe('email:åsa@example.com')
  })

  it('guests are left out where the rule says so, whatever identifies the others', () => {
    expect(outcome({ guests: 'ignore' }, { customerId: null })).toBe('GUEST_IGNORED')
    expect(outcome({ guests: 'ignore', identifyBy: 'email' }, { customerId: null })).toBe('GUEST_IGNORED')
    expect(outcome({ guests: 'ignore', identifyBy: 'email' })).toBe('log')
  })

  it('a known customer is identified by the address where the rule says so', () => {
    expect(memberOf({ identifyBy: 'email' })).toBe('email:buyer@example.com')
  })

  it('without an address nobody else is taken for the buyer', () => {
    for (const email of [
      null,
      '',
      '   ',
      'nobody',
      'two@at@signs',
      'a b@example.com',
      `${'a'.repeat(320)}@example.com`,
    ]) {
      expect(outcome({}, { customerId: null, email })).toBe('NO_EMAIL')
      expect(outcome({ identifyBy: 'email' }, { email })).toBe('NO_EMAIL')
      expect(outcome({}, { email })).toBe('log')
    }
  })

  it('an address that makes too long an id is not shortened', () => {
    const fits = `${'a'.repeat(238)}@example.com`
    expect(memberOf({ identifyBy: 'email' }, { email: fits })).toBe(`email:${fits}`)
    expect(outcome({ identifyBy: 'email' }, { email: `a${fits}` })).toBe('NO_EMAIL')
    expect(activityOf(translateWith(setup, [rule()], { email: `a${fits}` })).profile.email).toBe(`a${fits}`)
  })

  it('a purchase more than 5 minutes ahead of its receipt fails, and may be tried again', () => {
    const at = (atMs: number) => translateWith(setup, [rule()], { atMs })
    expect(outcomesOf(at(NOW + 5 * MINUTE_MS))).toEqual(['log'])
    const ahead = at(NOW + 5 * MINUTE_MS + 1000)
    expect(ahead).toMatchObject({ kind: 'translated', outcomes: [{ kind: 'failed', reason: 'IN_FUTURE' }] })
  })

  it('a purchase of years ago counts at its own time', () => {
    const atMs = Date.parse('1971-03-04T05:06:07Z')
    expect(activityOf(translateWith(setup, [rule()], { atMs })).activityAt).toBe(atMs)
  })

  it('reasons are explained without saying who bought', () => {
    const strict = rule({ currency: 'USD', minimumValue: '1000', guests: 'ignore' })
    const rules = [
      strict,
      rule({ currency: 'EUR' }),
      rule({ guests: 'ignore' }),
      rule({ identifyBy: 'email' }),
    ]
    const translation = translateWith(setup, rules, {
      customerId: null,
      email: `${'private'.repeat(40)}@example.com`,
    })
    const outcomes = translation.kind === 'translated' ? translation.outcomes : []
    const messages = outcomes.map((one) => (one.kind === 'log' ? 'log' : one.message))
    expect(messages).toHaveLength(4)
    for (const message of messages) expect(message).toMatch(/^(?!log$)(?!.*private)./)
  })
}

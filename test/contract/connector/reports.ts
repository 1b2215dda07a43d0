import { expect, it } from '@jest/globals'
import type { Translation } from '../../../src/ports/connector.ts'
import { activityOf, rule } from '../../helpers/rules.ts'
import {
  type ConnectorSetup,
  memberOf,
  type ReportSample,
  translateBody,
  translateWith,
  USUAL,
} from './context.ts'

export function describeReports(setup: ConnectorSetup): void {
  const USUAL_AMOUNT = { amount: '12.34', currency: 'USD' }
  const bodyOf = (sample: ReportSample, changes: Partial<typeof USUAL_AMOUNT> = {}) =>
    sample.body({ ...USUAL_AMOUNT, ...changes })
  const read = (sample: ReportSample, changes: Partial<typeof USUAL_AMOUNT> = {}, rules = [rule()]) =>
    reported(translateBody(setup, bodyOf(sample, changes), rules, sample.topic))
  const bodies = [
    { says: 'a purchase', topic: setup.topic, body: setup.purchase(USUAL) },
    ...setup.reports.map((sample) => ({ ...sample, body: bodyOf(sample) })),
  ]

  it.each(setup.reports)('$topic: $says', (sample) => {
    const whole = sample.report.kind === 'cancellation'
    const { parts: _, statedAt: __, ifCounted: ___, ...report } = read(sample).report
    expect(report).toEqual({
      ...sample.report,
      amount: whole ? null : '12.34',
      currency: whole ? null : 'USD',
    })
  })

  it('every report calls its order as the purchase of it does', () => {
    const { orderId, orderReference, otherReference } = activityOf(translateWith(setup, [rule()]))
    const names = [orderId, orderReference, otherReference]
    for (const sample of setup.reports) expect(names).toContain(read(sample).orderKey)
  })

  it('amounts keep their digits', () => {
    for (const sample of setup.reports.filter(({ report }) => report.kind !== 'cancellation')) {
      for (const amount of ['0.07', '42.5', '999999999.99']) {
        expect(read(sample, { amount }).report.amount).toBe(amount)
      }
    }
  })

  it('an amount beyond the limit is not cut, but ignored under the order id', () => {
    for (const sample of setup.reports.filter(({ report }) => report.kind !== 'cancellation')) {
      const body = bodyOf(sample, { amount: '1000000000.01' })
      expect(translateBody(setup, body, [rule()], sample.topic)).toEqual({
        kind: 'ignored',
        reason: 'VALUE_OUT_OF_RANGE',
        orderId: read(sample).orderId,
        orderName: read(sample).orderName,
      })
    }
  })

  it('rules have no say in it', () => {
    for (const sample of setup.reports) {
      const strict = rule({ currency: 'EUR', minimumValue: '1000', guests: 'ignore' })
      for (const rules of [[], [strict, rule()]]) expect(read(sample, {}, rules)).toEqual(read(sample))
    }
  })

  it('whatever topic a body comes under, it does what it does under its own or nothing', () => {
    const topics = [...new Set(bodies.map(({ topic }) => topic))]
    for (const { topic: own, body } of bodies) {
      const usual = translateBody(setup, body, [rule()], own)
      for (const topic of topics) {
        const translation = translateBody(setup, body, [rule()], topic)
        if (translation.kind !== 'ignored') expect(translation).toEqual(usual)
      }
    }
  })

  it('a purchase reports nothing, and a report counts nothing', () => {
    const ofPurchases = [setup.topic, ...(setup.otherPurchaseTopics ?? [])]
    for (const { topic } of setup.reports.filter((sample) => !ofPurchases.includes(sample.topic))) {
      expect(translateBody(setup, setup.purchase(USUAL), [rule()], topic).kind).toBe('ignored')
    }
    for (const sample of setup.reports) {
      expect(translateBody(setup, bodyOf(sample), [rule()]).kind).not.toBe('translated')
    }
  })

  it('names nobody but the member, by the default identity', () => {
    for (const sample of setup.reports) {
      const { externalId, ...rest } = read(sample)
      expect([null, memberOf(setup)]).toContain(externalId)
      expect(JSON.stringify(rest).toLowerCase()).not.toContain('example.com')
    }
  })

  it('the same input gives the same answer', () => {
    for (const sample of setup.reports) expect(read(sample)).toEqual(read(sample))
  })
}

/** The body's one report, with what else it says. */
function reported(translation: Translation) {
  if (translation.kind !== 'reported') throw new Error(`no report, but ${JSON.stringify(translation)}`)
  const { reports, ...rest } = translation
  expect(reports).toHaveLength(1)
  return { ...rest, report: reports[0]! }
}

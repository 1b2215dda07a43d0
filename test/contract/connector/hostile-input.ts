import { expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { Translation } from '../../../src/ports/connector.ts'
import { outcomesOf, rule } from '../../helpers/rules.ts'
import { type ConnectorSetup, NOW, secretOf, translateBody, USUAL, verifyInput } from './context.ts'

export function describeHostileInput(setup: ConnectorSetup): void {
  const { connector, settings } = setup
  const names = [
    ...setup.signatureHeaders,
    'x-shopify-topic',
    'x-shopify-shop-domain',
    '__proto__',
    'constructor',
  ]
  const expectSound = (translation: Translation) => {
    if (translation.kind === 'ignored') return
    expect(translation.kind).toBe('reported')
    if (translation.kind !== 'reported') return
    const { reports, orderId, orderKey } = translation
    expect(reports.length).toBeGreaterThan(0)
    expect(new Set(reports.map(({ object }) => object)).size).toBe(reports.length)
    for (const report of reports) {
      expect(report.object).toMatch(new RegExp(`^${connector.platform}:[a-z_]+:.*\\S`, 's'))
      for (const id of [report.object, orderId, orderKey]) expect(id.length).toBeLessThanOrEqual(256)
      expect(report.amount ?? '0').toMatch(/^\d+(\.\d{1,6})?$/)
      expect(report.currency ?? 'USD').toMatch(/^[A-Z]{3}$/)
      expect(['open', 'taken', 'given_back']).toContain(report.state)
    }
  }
  const anyHeaders = fc.dictionary(
    fc.oneof(fc.constantFrom(...names), fc.string()),
    fc.string({ unit: 'binary' }),
  )
  const anyBody = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.json().map((text) => Buffer.from(text)),
  )
  const anyRules = [
    rule(),
    rule({ value: 'order_total', currency: 'USD', minimumValue: '1', identifyBy: 'email' }),
  ]

  it('verify never throws', () => {
    fc.assert(
      fc.property(anyBody, anyHeaders, fc.array(fc.string()), (rawBody, headers, secrets) => {
        expect(typeof connector.verify({ rawBody, headers, secrets, now: NOW }, settings).ok).toBe('boolean')
      }),
    )
  })

  it('verify never throws for a signed body of any kind', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string({ minLength: 1, unit: 'binary' })), (body) => {
        const request = setup.sign(body.toWellFormed(), secretOf('first'), NOW)
        expect(connector.verify(verifyInput(request), settings).ok).toBe(true)
      }),
    )
  })

  it('translate never throws', () => {
    const reported = setup.reports.map(({ topic }) => topic)
    const topics = fc.constantFrom(setup.topic, ...reported, ...setup.otherTopics, '')
    fc.assert(
      fc.property(anyBody, topics, (rawBody, topic) => {
        const input = {
          rawBody,
          topic,
          receivedAt: NOW,
          rules: anyRules,
          purchaseSpace: 'space-1',
          orderIdFrom: null,
          settings,
        }
        expect(connector.translate(input).kind).toBe('ignored')
        expect(connector.identities(rawBody, settings)).toEqual([])
      }),
    )
  })

  it('translate never throws when any part of a purchase is replaced by anything', () => {
    const purchase = JSON.parse(setup.purchase(USUAL))
    fc.assert(
      fc.property(fc.constantFrom(...pathsOf(purchase)), fc.jsonValue(), (path, value) => {
        const body = JSON.stringify(replaceAt(purchase, path, value))
        expect(translateBody(setup, body, anyRules).kind).toMatch(/^(ignored|translated)$/)
        const named = connector.identities(Buffer.from(body), settings)
        for (const name of named) expect(name).toMatch(/^.{1,256}$/s)
      }),
      { numRuns: 500 },
    )
  })

  it('translate never throws when any part of a report is replaced by anything, and reports nothing odd', () => {
    const reports = setup.reports.map(({ topic, body }) => {
      const sample = JSON.parse(body({ amount: '12.5', currency: 'USD' }))
      return { topic, sample, paths: pathsOf(sample) }
    })
    const change = fc.constantFrom(...reports).chain(({ topic, sample, paths }) =>
      fc.record({
        topic: fc.constant(topic),
        sample: fc.constant(sample),
        path: fc.constantFrom(...paths),
      }),
    )
    fc.assert(
      fc.property(change, fc.jsonValue(), ({ topic, sample, path }, value) => {
        expectSound(translateBody(setup, JSON.stringify(replaceAt(sample, path, value)), anyRules, topic))
      }),
      { numRuns: 500 },
    )
  })

  it('a body nested ever deeper is not understood, and overflows nothing', () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const nested = `${open.repeat(1_000_000)}1${close.repeat(1_000_000)}`
      const request = setup.sign(nested, secretOf('first'), NOW)
      expect(connector.verify(verifyInput(request), settings).ok).toBe(true)
      for (const topic of new Set([setup.topic, ...setup.reports.map((report) => report.topic)])) {
        expect(outcomesOf(translateBody(setup, nested, [rule()], topic))).toBe('BODY_NOT_UNDERSTOOD')
      }
    }
  })

  it('names of inherited properties in a body mean nothing', () => {
    const usual = setup.purchase(USUAL)
    const spiked = usual.replace(
      '{',
      '{"__proto__":{"cancelled_at":"x","type":"x"},"constructor":1,"toString":{},',
    )
    expect(translateBody(setup, spiked, [rule()])).toEqual(translateBody(setup, usual, [rule()]))
    expect(({} as Record<string, unknown>).cancelled_at).toBeUndefined()
  })
}

type Path = readonly (string | number)[]

function pathsOf(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [at]
  return [at, ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...at, key]))]
}

function replaceAt(value: unknown, [key, ...rest]: Path, replacement: unknown): unknown {
  if (key === undefined) return replacement
  const copy = structuredClone(value) as Record<string | number, unknown>
  copy[key] = replaceAt(copy[key], rest, replacement)
  return copy
}

import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { JsonFault, JsonNumber, nullsAsAbsent, parseExactJson } from '../../src/read/exact-json.ts'
import { parseInstant } from '../../src/read/instant.ts'
import {
  readEmail,
  readExternalId,
  readInteger,
  readPhone,
  readQuantity,
  readSum,
  readText,
  readUuid,
} from '../../src/read/values.ts'
import { MAX_SUM } from '../../src/streaks/quantity.ts'

const number = (source: string) => new JsonNumber(source)

describe('parseInstant', () => {
  it.each([
    ['2026-11-22T10:00:00Z', '2026-11-22T10:00:00.000Z'],
    ['2026-11-22T10:00:00z', '2026-11-22T10:00:00.000Z'],
    ['2026-11-22T10:00Z', '2026-11-22T10:00:00.000Z'],
    ['2026-11-22T10:00:00+02:00', '2026-11-22T08:00:00.000Z'],
    ['2026-11-22T10:00:00-0530', '2026-11-22T15:30:00.000Z'],
    ['2026-11-22T10:00:00.1234567Z', '2026-11-22T10:00:00.123Z'],
    ['2026-11-22T10:00:00.9999999Z', '2026-11-22T10:00:00.999Z'],
    ['2026-11-22T10:00:00.5Z', '2026-11-22T10:00:00.500Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00.000Z'],
    ['1969-12-31T23:00:00-01:00', '1970-01-01T00:00:00.000Z'],
    ['2026-11-22T10:00:00+23:59', '2026-11-21T10:01:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('reads %s as %s', (text, iso) => {
    expect(parseInstant(text)).toEqual({ ok: true, value: Date.parse(iso) })
  })

  it.each([
    ['2026-11-22T10:00:00', 'no offset'],
    ['2026-11-22', 'ISO 8601'],
    ['2026-11-22 10:00:00Z', 'ISO 8601'],
    ['2026-02-29T10:00:00Z', 'calendar'],
    ['2026-13-01T10:00:00Z', 'calendar'],
    ['2026-00-10T10:00:00Z', 'calendar'],
    ['2026-04-31T10:00:00Z', 'calendar'],
    ['2026-11-22T24:00:00Z', 'time of day'],
    ['2026-11-22T10:60:00Z', 'time of day'],
    ['2026-11-22T23:59:60Z', 'time of day'],
    ['2026-11-22T10:00:00+24:00', 'offset'],
    ['9999-12-31T23:59:59-10:00', '9999'],
    ['2026-11-22T10:00:00+01:75', 'offset'],
    ['1969-12-31T23:59:59.999Z', '1970'],
    ['1970-01-01T00:30:00+01:00', '1970'],
    ['0001-01-01T00:00:00Z', '1970'],
    ['1763805600', 'ISO 8601'],
    ['', 'ISO 8601'],
  ])('refuses %s', (text, why) => {
    expect(parseInstant(text)).toEqual({ ok: false, message: expect.stringContaining(why) })
  })

  it('reads back what the API writes, for any instant', () => {
    const instants = fc.integer({ min: 0, max: Date.parse('9999-12-31T23:59:59.999Z') })
    fc.assert(
      fc.property(instants, (value) => {
        expect(parseInstant(new Date(value).toISOString())).toEqual({ ok: true, value })
      }),
    )
  })
})

describe('numbers', () => {
  it.each([
    ['0', 0n],
    ['5', 5_000_000n],
    ['12.50', 12_500_000n],
    ['1e3', 1_000_000_000n],
    ['1000000000', 1_000_000_000_000_000n],
    ['0.000001', 1n],
    ['0.0000010000', 1n],
    ['-0', 0n],
    [`5.${'0'.repeat(400)}`, 5_000_000n],
    [`0.${'0'.repeat(400)}1e401`, 1_000_000n],
  ])('reads %s exactly', (source, value) => {
    expect(readQuantity(number(source))).toEqual({ ok: true, value })
  })

  it.each([
    ['1000000000.000001', 'above'],
    ['1e400', 'above'],
    ['0.0000001', '6 decimals'],
    ['-1', 'negative'],
    [`1${'0'.repeat(200)}1`, 'above'],
  ])('refuses %s as a quantity', (source, why) => {
    expect(readQuantity(number(source))).toEqual({ ok: false, message: expect.stringContaining(why) })
  })

  it.each([['5'], [5], [null], [undefined], [true], [[]]])('takes no %p for a number', (value) => {
    expect(readQuantity(value).ok).toBe(false)
  })

  it('reads sums beyond what one quantity may be', () => {
    expect(readSum(number('2000000000.5'))).toEqual({ ok: true, value: 2_000_000_000_500_000n })
    expect(readSum(number('9999999999999999999999.999999'))).toEqual({ ok: true, value: MAX_SUM })
    expect(readSum(number('1e22'))).toEqual({ ok: false, message: expect.stringContaining('22 digits') })
  })

  it('reads a whole number however it is written', () => {
    for (const source of ['7', '7.0', '70e-1'])
      expect(readInteger(1, 10)(number(source))).toEqual({ ok: true, value: 7 })
    for (const source of ['0', '11', '7.5', '-7', '1e400'])
      expect(readInteger(1, 10)(number(source)).ok).toBe(false)
  })
})

describe('texts', () => {
  it('counts characters, not UTF-16 units', () => {
    expect(readText(3)('🙂🙂🙂').ok).toBe(true)
    expect(readText(3)('🙂🙂🙂🙂')).toEqual({ ok: false, message: 'has 4 characters, at most 3 are allowed' })
  })

  it('takes text as it is', () => {
    expect(readText(10)('  a ')).toEqual({ ok: true, value: '  a ' })
    expect(readText(10)(' \t\u3000').ok).toBe(false)
  })

  it('lower-cases UUIDs', () => {
    expect(readUuid('0192F6C0-0000-7000-8000-0000000000AB')).toEqual({
      ok: true,
      value: '0192f6c0-0000-7000-8000-0000000000ab',
    })
    expect(readUuid('0192f6c0').ok).toBe(false)
  })

  it('knows addresses, numbers and ids of members without ever repeating them', () => {
    expect(readEmail('ada@example.com').ok).toBe(true)
    expect(readPhone('+14155552671').ok).toBe(true)
    const refused = [
      readEmail('ada.example.com'),
      readPhone('0415'),
      readPhone('+1234567890123456'),
      readExternalId('erased:1'),
    ]
    for (const read of refused) {
      expect(read.ok).toBe(false)
      expect(JSON.stringify(read)).not.toMatch(/ada|0415|123456|:1/)
    }
  })
})

describe('parseExactJson', () => {
  it('keeps the digits of numbers', () => {
    expect(parseExactJson('{"a":0.10,"b":[1e2,-0]}')).toEqual({
      a: number('0.10'),
      b: [number('1e2'), number('-0')],
    })
  })

  it('reads what JSON.parse reads, numbers apart', () => {
    const withoutNumbers = fc
      .jsonValue({ maxDepth: 5 })
      .map((value) => JSON.parse(JSON.stringify(value, noNumbers)))
    fc.assert(
      fc.property(withoutNumbers, (value) => {
        expect(parseExactJson(JSON.stringify(value))).toEqual(value)
      }),
    )
  })

  it('counts levels outside of texts only', () => {
    expect(() => parseExactJson(`${'['.repeat(32)}${']'.repeat(32)}`)).not.toThrow()
    expect(() => parseExactJson(`${'['.repeat(33)}${']'.repeat(33)}`)).toThrow('32 levels')
    expect(() => parseExactJson(`["${'['.repeat(99)}\\"${'{'.repeat(99)}"]`)).not.toThrow()
    expect(() => parseExactJson(`${'{"a":'.repeat(100_000)}`)).toThrow('32 levels')
  })

  it('names the place of text that no store can keep', () => {
    const faultOf = (text: string): unknown => {
      try {
        return parseExactJson(text)
      } catch (error) {
        return error
      }
    }
    expect(faultOf('{"a":{"b":["x","\\u0000"]}}')).toMatchObject({ path: 'a.b.1', wellFormed: true })
    expect(faultOf('{"a":"\\ud800"}')).toMatchObject({ path: 'a', wellFormed: true })
    expect(faultOf('{"a\\u0000":1}')).toMatchObject({ path: '', wellFormed: true })
    expect(faultOf('{"a":"\\ud83d\\ude42"}')).toEqual({ a: '🙂' })
    expect(faultOf('{"a":')).toBeInstanceOf(JsonFault)
    expect(faultOf(' ')).toMatchObject({ message: 'is empty' })
  })

  it('makes null absent in objects only, and keeps the name', () => {
    const value = nullsAsAbsent({ a: null, b: { c: null }, d: [null], e: number('1') })
    expect(value).toEqual({ a: undefined, b: { c: undefined }, d: [null], e: number('1') })
    expect(Object.keys(value as object)).toEqual(['a', 'b', 'd', 'e'])
  })
})

function noNumbers(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? String(value) : value
}

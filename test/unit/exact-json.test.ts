import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { ExactNumber, type Json, MAX_JSON_DEPTH, member, readJson } from '../../connectors/json.ts'

const read = (text: string) => readJson(Buffer.from(text))

/** What `JSON.parse` would have made of it. */
function asParsed(value: Json): unknown {
  if (value instanceof ExactNumber) return Number(value.digits)
  if (Array.isArray(value)) return value.map(asParsed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, asParsed(inner)]))
}

function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function readOrUndefined(text: string): unknown {
  const value = read(text)
  return value === undefined ? undefined : asParsed(value)
}

describe('reading JSON exactly', () => {
  it('numbers keep the digits they were written with', () => {
    for (const digits of [
      '820982911946154508',
      '12.50',
      '-0',
      '1e3',
      '1E-7',
      '0.1000000000000000055511',
      '1e400',
    ]) {
      expect(member(read(`{"n": ${digits} }`), 'n')).toEqual(new ExactNumber(digits))
    }
  })

  it('everything that JSON.parse reads is read alike', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        expect(readOrUndefined(text)).toEqual(JSON.parse(text))
      }),
    )
  })

  it('white space, escapes and repeated keys are read as JSON.parse reads them', () => {
    for (const text of [
      ' \t\r\n{ "a" : [ 1 , 2 ] , "b" : { } , "c" : [ ] } \n',
      '"\\u00e9 \\"quoted\\" \\\\ \\/ \\b\\f\\n\\r\\t \\ud83d\\ude00 \\ud800"',
      '"\u2028\u2029\u007f"',
      '{"a":1,"a":2,"\\u0061":3}',
      '["", "\\\\", "\\\\\\""]',
      'true',
    ]) {
      expect(readOrUndefined(text)).toEqual(JSON.parse(text))
    }
  })

  it('what JSON.parse refuses is refused', () => {
    for (const text of [
      '',
      ' ',
      '{',
      '[1,]',
      '{"a":1,}',
      '{a:1}',
      "{'a':1}",
      '01',
      '1.',
      '.5',
      '+1',
      '-',
      '1e',
      'NaN',
      'Infinity',
      'tru',
      'nullx',
      '1 2',
      '"open',
      '"\\x"',
      '"\\u12"',
      '"\\',
      '"line\nbreak"',
      '"tab\there"',
      '[1 2]',
      '{"a" 1}',
      '{"a":}',
      '\u00a01',
    ]) {
      expect(read(text)).toBeUndefined()
    }
  })

  it('a text with one character changed is read or refused as JSON.parse would', () => {
    fc.assert(
      fc.property(
        fc.json({ maxDepth: 3 }),
        fc.nat(),
        fc.constantFrom(...'{}[]",:\\0-.eE \n'),
        (text, position, mark) => {
          const at = position % text.length
          const changed = text.slice(0, at) + mark + text.slice(at + 1)
          fc.pre(changed.isWellFormed())
          expect(readOrUndefined(changed)).toEqual(parsedOrUndefined(changed))
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('bytes that are not UTF-8 are refused, a byte order mark is passed over', () => {
    expect(readJson(Uint8Array.of(0x22, 0xff, 0x22))).toBeUndefined()
    expect(readJson(Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22))).toBeUndefined()
    expect(readJson(Uint8Array.of(0xef, 0xbb, 0xbf, 0x22, 0x22))).toBe('')
  })

  it('nesting is read to its limit and refused beyond', () => {
    const nested = (depth: number) => `${'['.repeat(depth)}1${']'.repeat(depth)}`
    expect(read(nested(MAX_JSON_DEPTH))).toBeDefined()
    expect(read(nested(MAX_JSON_DEPTH + 1))).toBeUndefined()
    expect(read(`"${'['.repeat(1000)}"`)).toBe('['.repeat(1000))
  })

  it('only an object has members, and only those written in it', () => {
    const object = read('{"__proto__":{"inherited":1},"own":null}')
    expect(member(object, 'own')).toBeNull()
    expect(member(object, '__proto__')).toEqual({ inherited: new ExactNumber('1') })
    expect(member(object, 'inherited')).toBeUndefined()
    expect(member(object, 'toString')).toBeUndefined()
    expect(member(read('[1]'), 'length')).toBeUndefined()
    expect(member(read('5'), 'digits')).toBeUndefined()
    expect(member(read('"text"'), 'length')).toBeUndefined()
    expect(member(undefined, 'a')).toBeUndefined()
  })
})

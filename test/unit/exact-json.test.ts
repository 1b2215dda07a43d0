import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { ExactNumber, isObject, type Json, member, members, readJson } from '../../connectors/json.ts'
import { MAX_JSON_DEPTH } from '../../connectors/json-bytes.ts'
import type { MemberNames as Picks } from '../../connectors/json-members.ts'
import { timesTheCostOf } from '../helpers/cost.ts'

const MIB = 1024 * 1024
const filled = (part: string, bytes: number) => part.repeat(Math.floor(bytes / part.length))

const read = (text: string) => readJson(Buffer.from(text))

/** What `JSON.parse` would have made of it. */
function asParsed(value: Json): unknown {
  if (value instanceof ExactNumber) return Number(value.digits)
  if (Array.isArray(value)) return value.map(asParsed)
  if (!isObject(value)) return value
  return Object.fromEntries([...value.entries()].map(([key, inner]) => [key, asParsed(inner)]))
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
    expect(member(member(object, '__proto__'), 'inherited')).toEqual(new ExactNumber('1'))
    expect(member(object, 'inherited')).toBeUndefined()
    expect(member(object, 'toString')).toBeUndefined()
    expect(member(read('[1]'), 'length')).toBeUndefined()
    expect(member(read('5'), 'digits')).toBeUndefined()
    expect(member(read('"text"'), 'length')).toBeUndefined()
    expect(member(undefined, 'a')).toBeUndefined()
  })
})

describe('reading only what is wanted of JSON', () => {
  const NAMES = ['a', 'b', 'é', '', '__proto__', 'quantity']
  const PICKS: Picks = { a: true, quantity: true, b: { a: true, b: { é: true, ['__proto__']: true } } }
  const WANTED = members(PICKS)
  const readWanted = (text: string) => readJson(Buffer.from(text), WANTED)

  /** What is left of a whole document when only the wanted members are kept. */
  function pick(value: unknown, wanted: true | Picks): unknown {
    if (wanted === true || typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map((item) => pick(item, wanted))
    const kept = Object.entries(value).filter(([key]) => Object.hasOwn(wanted, key))
    return Object.fromEntries(kept.map(([key, inner]) => [key, pick(inner, wanted[key]!)]))
  }

  const { document } = fc.letrec((tie) => ({
    document: fc.oneof(
      { maxDepth: 6 },
      fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.string({ unit: 'binary' })),
      fc.array(tie('document'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...NAMES), tie('document'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }))

  it('the wanted members are those of the whole document, whatever else it holds', () => {
    fc.assert(
      fc.property(document, (value) => {
        const text = JSON.stringify(value)
        const read = readWanted(text)
        expect(read === undefined ? undefined : asParsed(read)).toEqual(pick(JSON.parse(text), PICKS))
      }),
      { numRuns: 500 },
    )
  })

  it('what nobody wants must be JSON all the same', () => {
    fc.assert(
      fc.property(
        fc.json({ maxDepth: 3 }),
        fc.nat(),
        fc.constantFrom(...'{}[]",:\\0-.eEu \n\t\u0001'),
        (text, position, mark) => {
          const at = position % text.length
          const changed = text.slice(0, at) + mark + text.slice(at + 1)
          fc.pre(changed.isWellFormed())
          const inside = `{"x":${changed},"a":1}`
          expect(readWanted(inside) === undefined).toBe(parsedOrUndefined(inside) === undefined)
        },
      ),
      { numRuns: 1000 },
    )
    const nested = (depth: number) => `{"x":${'['.repeat(depth)}1${']'.repeat(depth)}}`
    expect(readWanted(nested(MAX_JSON_DEPTH - 1))).toBeDefined()
    expect(readWanted(nested(MAX_JSON_DEPTH))).toBeUndefined()
    expect(
      readJson(Buffer.concat([Buffer.from('{"x":"'), Uint8Array.of(0xff), Buffer.from('"}')]), WANTED),
    ).toBe(undefined)
  })

  it('the last of equal keys wins, however they are written', () => {
    expect(member(readWanted('{"a":1,"\\u0061":2}'), 'a')).toEqual(new ExactNumber('2'))
    expect(member(readWanted('{"\\u0061":2,"a":null}'), 'a')).toBeNull()
    expect(member(readWanted('{"b":{"a":1},"b":5}'), 'b')).toEqual(new ExactNumber('5'))
    expect(member(member(readWanted('{"b":5,"b":{"a":"x"}}'), 'b'), 'a')).toBe('x')
  })

  it('a member that nobody asked for is not taken for absent', () => {
    const object = readWanted('{"c":1,"a":[{"c":1}],"b":{"c":1}}')
    expect(() => member(object, 'c')).toThrow(TypeError)
    expect(() => member(member(object, 'b'), 'c')).toThrow(TypeError)
    expect(member(member(object, 'b'), 'a')).toBeUndefined()
    expect(() => member(read('{}'), 'c')).not.toThrow()
  })

  it.each([
    ['escaped characters', (bytes: number) => `{"x":"${filled('\\u0000', bytes)}"}`],
    ['a list', (bytes: number) => `{"x":[${filled('1,', bytes)}1]}`],
    ['equal keys that lead to objects', (bytes: number) => `{${filled('"x":{},', bytes)}"a":1}`],
    ['equal keys', (bytes: number) => `{${filled('"a":1,', bytes)}"a":1}`],
    ['white space', (bytes: number) => `{"x":${filled(' ', bytes)}1}`],
    ['backslashes', (bytes: number) => `"${filled('\\', bytes)}`],
    ['brackets', (bytes: number) => filled('[', bytes)],
    ['digits', (bytes: number) => filled('1', bytes)],
  ])('a body of 8 MiB of %s takes as long as eight of 1 MiB', (_what, bodyOf) => {
    const [large, small] = [bodyOf(8 * MIB), bodyOf(MIB)]
    const inParts = () => {
      for (let part = 0; part < 8; part += 1) readWanted(small)
    }
    // 8 if time grew with the square of the length
    expect(timesTheCostOf(inParts, () => readWanted(large), 4)).toBeLessThan(4)
  })
})

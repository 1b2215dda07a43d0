import { randomBytes } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { codeFault, drawCode, foldCode, trimCode } from '../../src/rewards/code.ts'

/** Serves the given bytes in order, then zeros. */
function bytesInOrder(bytes: readonly number[]): (n: number) => Uint8Array {
  let next = 0
  return (n) => Uint8Array.from({ length: n }, () => bytes[next++] ?? 0)
}

describe('drawing a code', () => {
  it('gives three groups of five signs after the prefix', () => {
    expect(drawCode('STREAK', randomBytes)).toMatch(/^STREAK(-[2-9A-Z]{5}){3}$/)
    expect(drawCode('', randomBytes)).toMatch(/^[2-9A-Z]{5}(-[2-9A-Z]{5}){2}$/)
  })

  it('does not double the hyphen of a prefix that ends with one', () => {
    expect(drawCode('VIP-', randomBytes)).toMatch(/^VIP-[2-9A-Z]{5}-/)
  })

  it('uses no sign that looks like another, and no vowel', () => {
    const signs = new Set(Array.from({ length: 500 }, () => drawCode('', randomBytes)).join(''))
    expect([...signs].filter((sign) => '01OQILUSZBAE'.includes(sign))).toEqual([])
  })

  it('has at least 60 bits: 24 signs, each as likely as the next, in 15 places', () => {
    const every = Array.from({ length: 256 }, (_, byte) => byte)
    const random = bytesInOrder(every)
    const codes = Array.from({ length: 16 }, () => drawCode('', random).replaceAll('-', ''))
    const counts = new Map<string, number>()
    for (const sign of codes.join('')) counts.set(sign, (counts.get(sign) ?? 0) + 1)
    expect(counts.size).toBe(24)
    expect(new Set(counts.values())).toEqual(new Set([10]))
    expect(Math.log2(24) * 15).toBeGreaterThan(60)
  })

  it('passes over bytes that would favour some signs', () => {
    const biased = Array.from({ length: 16 }, (_, index) => 240 + index)
    expect(drawCode('', bytesInOrder([...biased, ...Array(15).fill(23)]))).toBe('YYYYY-YYYYY-YYYYY')
  })

  it('gives up on a source of nothing but unusable bytes', () => {
    expect(() => drawCode('', (n) => new Uint8Array(n).fill(255))).toThrow(/source of random bytes/)
  })

  it('refuses prefixes that are too long or hold other characters', () => {
    for (const prefix of ['A'.repeat(21), 'streak', 'A B', 'Ä', 'A\n']) {
      expect(() => drawCode(prefix, randomBytes)).toThrow(RangeError)
    }
    expect(drawCode('A'.repeat(20), randomBytes)).toHaveLength(38)
  })

  it('does not repeat itself', () => {
    expect(new Set(Array.from({ length: 10_000 }, () => drawCode('', randomBytes))).size).toBe(10_000)
  })
})

describe('folding a code', () => {
  it('unites codes that differ in case only, in any script', () => {
    for (const [one, other] of [
      ['Streak7', 'STREAK7'],
      ['straße', 'STRASSE'],
      ['STRAẞE', 'strasse'],
      ['\u212Aelvin', 'KELVIN'],
      ['ΟΔΟΣ', 'οδος'],
      ['é', 'e\u0301'],
      ['ＳＡＶＥ', 'save'],
      ['SAVE 10', 'save\u00a0\u2003 10'],
      ['ﬁve', 'FIVE'],
    ] as const) {
      expect(foldCode(one)).toBe(foldCode(other))
    }
  })

  it('keeps codes apart that differ in anything else', () => {
    for (const [one, other] of [
      ['A-B', 'AB'],
      ['AB', ' AB'],
      ['É', 'E'],
      ['ı', 'I'],
    ] as const) {
      expect(foldCode(one)).not.toBe(foldCode(other))
    }
  })

  it('gives the same for a code, its upper case, its lower case and its folded form', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (text) => {
        // its upper case is that of i, in a language that does not write it
        const code = text.replaceAll('ı', '')
        const folded = foldCode(code)
        expect(foldCode(code.toUpperCase())).toBe(folded)
        expect(foldCode(code.toLowerCase())).toBe(folded)
        expect(foldCode(folded)).toBe(folded)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('what can be a code', () => {
  it('takes 1 to 128 characters of any script', () => {
    for (const code of ['A', 'x'.repeat(128), 'ПРИВЕТ-10', '🎉'.repeat(128)])
      expect(codeFault(code)).toBeNull()
  })

  it('takes white space around a code for none of it', () => {
    for (const sent of ['SAVE', ' SAVE', 'SAVE\n', '\u00a0\u2003SAVE\u3000', '\u2028SAVE\u0085']) {
      expect([codeFault(sent), trimCode(sent)]).toEqual([null, 'SAVE'])
    }
    expect(trimCode('\ufeffSAVE')).toBe('\ufeffSAVE')
    expect(codeFault(' \u00a0 ')).toMatch(/has 0/)
    expect(codeFault(` ${'x'.repeat(128)} `)).toBeNull()
  })

  it('names the place, in the text as sent, of a character that cannot be seen', () => {
    const unseen = (sent: string) => /character (\d+) is (U\+\w+)/.exec(codeFault(sent) ?? '')?.slice(1)
    expect(unseen('SA\u200bVE')).toEqual(['3', 'U+200B'])
    expect(unseen('  SA\tVE ')).toEqual(['5', 'U+0009'])
    expect(unseen('\ufeffSAVE')).toEqual(['1', 'U+FEFF'])
    expect(unseen('🎉A\u2028B')).toEqual(['3', 'U+2028'])
    for (const one of [
      '\u00ad',
      '\u034f',
      '\u115f',
      '\u180b',
      '\u202e',
      '\u2060',
      '\u3164',
      '\ufe0f',
      '\u{e0041}',
    ]) {
      expect([one, unseen(`A${one}B`)?.[0]]).toEqual([one, '2'])
    }
  })

  it('refuses empty, long, control characters and lone surrogates', () => {
    for (const code of ['', 'x'.repeat(129), '🎉'.repeat(129), 'A\0', 'A\nB', '\u007F', '\u0085', '\uD800']) {
      expect(codeFault(code)).toEqual(expect.any(String))
    }
  })
})

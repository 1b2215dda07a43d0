import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { foldedCode, readCodes } from '../../src/console/words/codes.ts'
import { foldCode } from '../../src/rewards/code.ts'

const told = (text: string) => readCodes(text).codes.map(({ line, code }) => `${line} ${code}`)
const faults = (text: string) => readCodes(text).faults.map(({ line, message }) => `${line} ${message}`)

describe('the codes of a file', () => {
  it('are those of its first column, by the lines on which they stand', () => {
    expect(told('Code,Note\nA-1,first\n\nA-2,second\n')).toEqual(['2 A-1', '4 A-2'])
  })

  it('may be parted by commas, semicolons and tabs, and end as on any system', () => {
    expect(told('A,1\r\nB;2\r\nC\t3\rD')).toEqual(['1 A', '2 B', '3 C', '4 D'])
  })

  it('may stand in quotes, with what parts columns and lines inside', () => {
    expect(told('"A,""1""",x\n"B\n2",y\nC,"z\nz"\nD')).toEqual(['1 A,"1"', '2 B\n2', '4 C', '6 D'])
  })

  it('lose a mark of the encoding, blanks around them, and a heading, but no code that looks like one further down', () => {
    expect(told('\uFEFFcoupon code\n  A  \ncode\n')).toEqual(['2 A', '3 code'])
    expect(told('SAVE\ncode')).toEqual(['1 SAVE', '2 code'])
  })

  it('are none in an empty file', () => {
    expect(told('')).toEqual([])
    expect(told('\n\n')).toEqual([])
  })
  it('are those of the column that is headed so, wherever it stands', () => {
    const file = readCodes('Id;Discount code;Note\n1;A-1;x\n2;A-2;y\n')
    expect(file.codes).toEqual([
      { line: 2, code: 'A-1' },
      { line: 3, code: 'A-2' },
    ])
    expect([file.heading, file.columns]).toEqual(['Discount code', 3])
    expect(readCodes('A-1;x\n').heading).toBe(null)
    expect(told('sep=;\nA-1;x')).toEqual(['2 A-1'])
  })

  it('stand on lines of which each one that holds none says why', () => {
    const text = 'code,note\nA,1\n,2\n\n"B"x,3\nC,4\na ,5\nD\uFFFD,6\n"E,7\nF,8'
    expect(told(text)).toEqual(['2 A', '6 C', '10 F'])
    expect(faults(text)).toEqual([
      '3 There is nothing in the column of the codes.',
      '5 Something stands behind a closing quote.',
      '7 The same code stands on line 2.',
      '8 It holds a sign that cannot be read: save the file as UTF-8.',
      '9 A quote begins here that is not closed.',
    ])
  })

  it('are not swallowed by a quote inside another column', () => {
    expect(told('A,5" wide\nB,6" wide\nC,x')).toEqual(['1 A', '2 B', '3 C'])
  })

  it('are compared as the server compares them', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (code) => foldedCode(code) === foldCode(code)))
    for (const code of ['Straße', 'ẞ', 'ı', 'Ａ１', '\u212A', 'a\u0301 \u3000b'])
      expect(foldedCode(code)).toBe(foldCode(code))
  })

  it('are read of 100,000 lines, whatever becomes of their quotes', () => {
    const text = Array.from({ length: 100_000 }, (_, at) => (at % 2 === 0 ? `"${at}` : `"""${at}`)).join('\n')
    expect(readCodes(text).faults.length).toBeGreaterThan(10_000)
    const plain = Array.from({ length: 100_000 }, (_, at) => `CODE-${at}`).join('\r\n')
    expect(readCodes(plain).codes.at(-1)).toEqual({ line: 100_000, code: 'CODE-99999' })
  })
})

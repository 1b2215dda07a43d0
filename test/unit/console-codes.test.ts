import { describe, expect, it } from '@jest/globals'
import { codesOf } from '../../src/console/words/codes.ts'

const told = (text: string) => codesOf(text).map(({ line, code }) => `${line} ${code}`)

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
})

import { describe, expect, it } from '@jest/globals'
import { parseExactJson } from '../../src/read/exact-json.ts'

/** Texts of so many values, the whole among them. */
const TEXTS: Readonly<Record<string, (count: number) => string>> = {
  'a list': (count) =>
    `[${Array(count - 1)
      .fill('0')
      .join()}]`,
  'an object': (count) => `{${Array.from({ length: count - 1 }, (_, at) => `"${at},[{":",[\\",{"`).join()}}`,
}

describe('how many values a JSON text may hold', () => {
  it.each(['a list', 'an object'])('is 10,000, in %s', (what) => {
    const of = TEXTS[what]!
    expect(() => parseExactJson(of(10_000))).not.toThrow()
    expect(() => parseExactJson(of(10_001))).toThrow('holds more than 10000 values')
  })

  it('counts a list or an object that is empty twice at most', () => {
    const of = (count: number) => `[${Array(count).fill('{}').join()}]`
    expect(() => parseExactJson(of(4_999))).not.toThrow()
    expect(() => parseExactJson(of(10_000))).toThrow('holds more than 10000 values')
  })
})

import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'

const LIST = new URL('../long-suites.txt', import.meta.url)
const ROOT = new URL('../../', import.meta.url)

describe('the suites of the long form', () => {
  it('are there under their names, each once', () => {
    const named = readFileSync(LIST, 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
    expect(named.length).toBeGreaterThan(0)
    expect(new Set(named).size).toBe(named.length)
    expect(named.filter((suite) => !existsSync(new URL(suite, ROOT)))).toEqual([])
  })
})

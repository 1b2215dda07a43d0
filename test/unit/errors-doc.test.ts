import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { ERRORS } from '../../src/errors.ts'

interface DocumentedCode {
  readonly status: number
  readonly retryable: boolean
  readonly meaning: string
  readonly remedy: string
}

function documentedCodes(): Map<string, DocumentedCode> {
  const text = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8')
  const rows = text.split('\n').filter((line) => /^\| [A-Z_]+ \|/.test(line))
  return new Map(
    rows.map((row) => {
      const [, code = '', status, again, meaning = '', remedy = ''] = row
        .split('|')
        .map((cell) => cell.trim())
      return [code, { status: Number(status), retryable: again === 'yes', meaning, remedy }]
    }),
  )
}

describe('docs/errors.md', () => {
  const documented = documentedCodes()

  it('describes every code of the table, and no other', () => {
    expect([...documented.keys()].sort()).toEqual(Object.keys(ERRORS).sort())
  })

  it.each(Object.entries(ERRORS))('says of %s what the table says', (code, { status, retryable }) => {
    expect(documented.get(code)).toMatchObject({ status, retryable })
  })

  it.each(Object.keys(ERRORS))('says what %s means and what to do about it', (code) => {
    const { meaning = '', remedy = '' } = documented.get(code) ?? {}
    expect(meaning).toMatch(/^[A-Z].*\.$/)
    expect(remedy).toMatch(/^[A-Z].*\.$/)
  })
})

import { readFileSync } from 'node:fs'
import { expect, it } from '@jest/globals'
import { ERROR_MEANINGS } from '../../src/http/openapi/error-meanings.ts'

it('says of each error code in the API document what docs/errors.md says', () => {
  const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8')
  const rows = page.split('\n').filter((line) => /^\| [A-Z_]+ \|/.test(line))
  const meanings = rows.map((row) => row.split('|').map((cell) => cell.trim())).map((row) => [row[1], row[4]])
  expect(ERROR_MEANINGS).toEqual(Object.fromEntries(meanings))
})

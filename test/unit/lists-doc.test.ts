import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { fieldRows, indexedRows, withTables } from '../../src/cli/openapi/list-tables.ts'
import type { Served } from '../../src/http/resource.ts'
import { createResources } from '../../src/http/resources.ts'
import { type Api, startApi } from '../helpers/api.ts'

let api: Api
let listed: Served[]

beforeAll(async () => {
  api = await startApi()
  listed = createResources(api.deps).filter(({ allows }) => allows.includes('list'))
})
afterAll(() => api.close())

const text = readFileSync(new URL('../../docs/lists.md', import.meta.url), 'utf8')

/** The rows of the table under a heading, without its head. */
function rowsUnder(heading: string): string[] {
  const [, section = ''] = text.split(`\n${heading}\n`)
  const [own = ''] = section.split(/\n#+ /)
  return own
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
}

describe('docs/lists.md', () => {
  it('has the lists that an index serves, as the indexes are', () => {
    expect(rowsUnder('## Which lists are quick')).toEqual(listed.flatMap(indexedRows))
  })

  it('has a table of fields for each resource that can be listed, and no other', () => {
    const headings = [...text.matchAll(/^### `(\w+)`$/gm)].map(([, slug]) => slug)
    expect(headings).toEqual(listed.map(({ slug }) => slug))
  })

  it('says of every field what its filter takes and whether it can be sorted by', () => {
    for (const resource of listed) {
      const { slug } = resource
      expect({ slug, rows: rowsUnder(`### \`${slug}\``) }).toEqual({ slug, rows: fieldRows(resource) })
    }
  })

  it('is the same as npm run openapi writes', () => {
    expect(withTables(text, createResources(api.deps))).toBe(text)
    const stale = text.replaceAll(/^\| `(?:name|streak)` .*\n/gm, '')
    expect(stale).not.toBe(text)
    expect(withTables(stale, createResources(api.deps))).toBe(text)
  })

  it('promises the default order of every resource, and every selective field of the ledger', () => {
    for (const { slug, indexed = [] } of listed) {
      if (slug === 'account') continue
      const has = (...equals: string[]) =>
        indexed.some((list) => list.sort === 'createdAt' && list.equals.join() === equals.join())
      expect({ slug, newestFirst: has() }).toEqual({ slug, newestFirst: true })
      const selective = ['ownedById', 'streakId', 'linkedSchemaRecordId', 'milestoneId', 'uniqueIdentifier']
      for (const field of [...selective, 'connectorId', 'orderId']) {
        const { fields = {}, ledger } = listed.find((resource) => resource.slug === slug) as Served
        if (ledger && Object.hasOwn(fields, field))
          expect({ slug, field, has: has(field) }).toEqual({ slug, field, has: true })
      }
    }
  })
})

import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { SCHEMA } from '../../src/ports/schema.ts'

/** Few rows: nobody would shard them. */
const SMALL = ['api_key', 'console_session', 'console_user', 'coupon_provider']

const [, section = ''] =
  /\n### A sharded MongoDB\n([\s\S]*?)\n## /.exec(
    readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8'),
  ) ?? []
const names = (cell: string) => [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name)
const documented = section
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').slice(1, 4).map(names))
  .map(([[collection = ''] = [], indexes = [], key = []]) => ({ collection, indexes, key }))

/** The fields in which these lists begin alike. */
function commonStart(lists: readonly (readonly string[])[]): string[] {
  const [first = [], ...others] = lists
  const end = first.findIndex((field, at) => others.some((list) => list[at] !== field))
  return end === -1 ? [...first] : first.slice(0, end)
}

describe('the shard keys in docs/operations.md', () => {
  const unique = Object.entries(SCHEMA).map(([collection, { indexes }]) => ({
    collection,
    indexes: Object.entries(indexes).filter(([, index]) => 'unique' in index && index.unique),
  }))

  it('are those that the unique indexes of the schema allow, for every collection that grows', () => {
    const wanted = unique
      .filter(({ collection, indexes }) => indexes.length > 0 && !SMALL.includes(collection))
      .map(({ collection, indexes }) => ({
        collection,
        indexes: indexes.map(([name]) => name),
        key: commonStart(indexes.map(([, { fields }]) => fields)),
      }))
    const byName = (a: { collection: string }, b: { collection: string }) =>
      a.collection < b.collection ? -1 : 1
    expect(documented.toSorted(byName)).toEqual(wanted.toSorted(byName))
  })

  it('come with the word that nobody has run it', () => {
    expect(section).toMatch(
      /^\s*Nobody has run Streakline on a sharded cluster, and nothing is promised of it/,
    )
  })
})

import { createHash } from 'node:crypto'
import { type CollectionName, SCHEMA } from '../../../src/ports/schema.ts'
import type { Store } from '../../../src/ports/store.ts'

/** Refused webhooks are counted on their connector: nothing of what was sent is kept. */
const COUNTED: readonly string[] = ['refusedCount', 'recentRefusals']

/** Everything that a store holds, as text that is equal exactly when nothing was changed. */
export async function dumpOf(store: Store): Promise<string> {
  const collections = Object.keys(SCHEMA) as CollectionName[]
  const dumps = await Promise.all(
    collections.map(async (collection) => {
      const rows = await store.find(collection, { sort: [{ field: 'id', order: 'asc' }], limit: 100_000 })
      return [collection, rows]
    }),
  )
  return JSON.stringify(dumps, (key, value) => {
    if (COUNTED.includes(key)) return undefined
    if (value instanceof Uint8Array) return createHash('sha256').update(value).digest('hex')
    return typeof value === 'bigint' ? String(value) : value
  })
}

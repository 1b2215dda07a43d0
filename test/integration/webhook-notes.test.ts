import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { storeWith } from '../../src/commit/store-with.ts'
import { createWebhookNotes } from '../../src/installing/webhook-notes.ts'
import type { Row } from '../../src/ports/schema.ts'
import type { CommitResult, Store } from '../../src/ports/store.ts'
import { row } from '../contract/store/rows.ts'
import { openStore } from '../helpers/open-store.ts'
import { quietLogger } from '../helpers/quiet-logger.ts'
import { makeTempFolder } from '../helpers/temp-folder.ts'

let store: Store
let remove: () => Promise<void>
let connectors: Row<'connector'>[]
/** What became of each commit of the notes. */
let outcomes: CommitResult['outcome'][]

const opened = () =>
  createWebhookNotes({
    store: storeWith(store, {
      async commit(changes) {
        const result = await store.commit(changes)
        outcomes.push(result.outcome)
        return result
      },
    }),
    clock: { now: () => 5_000 },
    logger: quietLogger,
  })

beforeEach(async () => {
  const [folder, removeFolder] = await makeTempFolder()
  remove = removeFolder
  store = await openStore('sqlite', join(folder, 'streakline.sqlite'))
  await store.migrate()
  connectors = [row('connector'), row('connector')]
  await store.commit(
    connectors.map((made) => ({ op: 'insert', collection: 'connector', row: made }) as const),
  )
  outcomes = []
})
afterEach(async () => {
  await store.close()
  await remove()
})

const noted = async ({ id, accountId }: Row<'connector'>) =>
  (await store.findByKeys('installation', ['accountId', 'id'], [[accountId, id]]))[0]

describe('the first webhooks of a connector', () => {
  it('are noted once when many come at the same time, and all wait for that', async () => {
    const notes = opened()
    const [alone, many] = connectors as [Row<'connector'>, Row<'connector'>]
    await notes.arrived(alone)
    const ofOne = outcomes.splice(0)
    const seen = await Promise.all(
      Array.from({ length: 64 }, async () => {
        await notes.arrived(many)
        return (await noted(many))?.firstWebhookAt
      }),
    )
    expect(outcomes).toEqual(ofOne)
    expect(new Set(seen)).toEqual(new Set([5_000]))
    await notes.close()
  })

  it('are noted by the next where the store could not take it', async () => {
    const notes = opened()
    const [first] = connectors as [Row<'connector'>]
    const { commit } = store
    store.commit = () => Promise.reject(new Error('the store is away'))
    await Promise.all([notes.arrived(first), notes.arrived(first)])
    store.commit = commit
    expect(await noted(first)).toBeUndefined()
    await notes.arrived(first)
    expect((await noted(first))?.firstWebhookAt).toBe(5_000)
    await notes.close()
  })
})

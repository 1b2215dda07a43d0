import { untilCommitted } from '../commit/planned.ts'
import { remove } from '../ports/changes.ts'
import { equal } from '../ports/conditions.ts'
import { type CollectionName, type FieldName, SCHEMA, specOf } from '../ports/schema.ts'
import type { Store } from '../ports/store.ts'

/** So many rows go in one commit: what is being taken in beside it waits for no more. */
const BATCH = 200
/** Counted exactly up to here. */
const MAX_COUNT = 10_000_000

/** Rows by collection; those of which there is none are absent. */
export type RowCounts = { readonly [C in CollectionName]?: number }

export interface DeleteAccountOptions {
  /** Only counts. */
  readonly dryRun?: boolean
  /** Told after each commit, of all rows so far. */
  readonly onProgress?: (done: number) => void
}

/**
 * What lets anything in or out goes first: who may call, who is told, what webhooks are verified by, what works them
 * off. The account itself is the last, so that whoever is interrupted finds it again.
 */
const ORDER: readonly CollectionName[] = [
  ...new Set<CollectionName>([
    ...(['console_session', 'console_user', 'api_key', 'webhook_endpoint', 'webhook_message'] as const),
    ...(['installation', 'connector', 'backfill', 'delivery_item', 'coupon_provider'] as const),
    ...(Object.keys(SCHEMA) as CollectionName[]).filter((collection) => collection !== 'account'),
    'account',
  ]),
]

/**
 * Removes an account and all that is kept of it, in commits of bounded size; answers how many rows went. Works beside
 * the program: what a request that was under way still brings is taken as well. Idempotent; after a failure or a crash
 * call it again, it goes on. Where the account is gone already it removes what may be left.
 * @throws AppError STORE_BUSY, STORE_UNAVAILABLE
 */
export async function deleteAccount(
  store: Store,
  accountId: string,
  { dryRun = false, onProgress }: DeleteAccountOptions = {},
): Promise<RowCounts> {
  const counts: Partial<Record<CollectionName, number>> = {}
  if (dryRun) {
    for (const collection of ORDER) {
      const count = await store.count(collection, ofAccount(accountId), MAX_COUNT)
      if (count > 0) counts[collection] = count
    }
    return counts
  }
  let done = 0
  const sweep = async (collections: readonly CollectionName[]): Promise<boolean> => {
    const before = done
    for (const collection of collections) {
      for await (const rows of removed(store, collection, accountId)) {
        counts[collection] = (counts[collection] ?? 0) + rows
        done += rows
        onProgress?.(done)
      }
    }
    return done > before
  }
  // again, until nothing came in behind it
  while (await sweep(ORDER.slice(0, -1))) {}
  await store.purge()
  while (await sweep(ORDER)) {}
  await store.purge()
  return counts
}

/** Removes an account's rows of a collection; how many each commit took. */
async function* removed(store: Store, collection: CollectionName, accountId: string): AsyncGenerator<number> {
  for (;;) {
    let rows = 0
    await untilCommitted(store, `${collection} of account ${accountId}`, async () => {
      const found = await store.find(collection, {
        where: ofAccount(accountId),
        limit: BATCH,
        omit: wideFields(collection),
      })
      rows = found.length
      return rows === 0 ? null : found.map((each) => remove(collection, each, {}))
    })
    if (rows === 0) return
    yield rows
    if (rows < BATCH) return
  }
}

const ofAccount = (accountId: string) => equal<CollectionName>({ accountId })

/** Bodies are not read to be removed. */
function wideFields(collection: CollectionName): readonly FieldName<CollectionName>[] {
  const { fields } = specOf(collection)
  const wide = Object.entries(fields).filter(([, { type }]) => type === 'bytes' || type === 'json')
  return wide.map(([name]) => name as FieldName<CollectionName>)
}

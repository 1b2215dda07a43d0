import type { CollectionName, FieldName, Row } from '../ports/schema.ts'
import type { Change, CommitResult, Scalar, Store } from '../ports/store.ts'
import { Batcher, type Gathering, WHILE_UNDER_WAY } from './batcher.ts'
import { storeWith } from './store-with.ts'

const MAX_ITEMS = 256
const MAX_CHANGES = 1_000
const MAX_IN_FLIGHT = 8

type Key = readonly Scalar[]

/**
 * The same store for many who come at once with little each: what is read by keys in one turn of the event loop shares
 * a read, and what is committed shares a commit. Where a change set cannot be committed with the others they are parted
 * until it is alone, so each is still applied whole or not at all, and a conflict is its own. What is to be committed
 * while a commit is under way shares the next. Who comes alone waits for nobody.
 */
export function sharedStore(store: Store, gathers: Gathering = WHILE_UNDER_WAY): Store {
  const reads = new Map<string, Batcher<readonly Key[], readonly Row<CollectionName>[]>>()

  function readsOf(collection: CollectionName, fields: readonly string[]) {
    const name = [collection, ...fields].join(' ')
    const known = reads.get(name)
    if (known !== undefined) return known
    const made = new Batcher<readonly Key[], readonly Row<CollectionName>[]>({
      run: (asked) => readTogether(store, collection, fields as readonly FieldName<CollectionName>[], asked),
      keyOf: () => null,
      sizeOf: (keys) => keys.length,
      maxItems: MAX_ITEMS,
      maxBytes: MAX_ITEMS,
      maxInFlight: MAX_IN_FLIGHT,
    })
    reads.set(name, made)
    return made
  }

  const commits = new Batcher<readonly Change[], CommitResult>({
    run: (sets) => commitTogether(store, sets),
    keyOf: () => null,
    sizeOf: (changes) => changes.length,
    maxItems: MAX_ITEMS,
    maxBytes: MAX_CHANGES,
    maxInFlight: 2,
    gathers,
  })

  return storeWith(store, {
    findByKeys: async <C extends CollectionName>(
      collection: C,
      fields: readonly FieldName<C>[],
      keys: readonly Key[],
    ) => (await readsOf(collection, fields).add(keys)) as Row<C>[],
    commit: (changes) => commits.add(changes),
  })
}

async function readTogether(
  store: Store,
  collection: CollectionName,
  fields: readonly FieldName<CollectionName>[],
  asked: readonly (readonly Key[])[],
): Promise<readonly (readonly Row<CollectionName>[])[]> {
  const textOf = (values: readonly unknown[]) => values.map(String).join('\n')
  const distinct = new Map(asked.flat().map((key) => [textOf(key), key]))
  const rows = await store.findByKeys(collection, fields, [...distinct.values()])
  const byKey = Map.groupBy(rows, (row) => textOf(fields.map((field) => row[field])))
  return asked.map((keys) => keys.flatMap((key) => byKey.get(textOf(key)) ?? []))
}

async function commitTogether(
  store: Store,
  sets: readonly (readonly Change[])[],
): Promise<readonly CommitResult[]> {
  const all = await store.commit(sets.flat())
  if (sets.length <= 1 || all.outcome === 'committed') return sets.map(() => all)
  // a few bad ones among many are found in a few commits
  const middle = sets.length >> 1
  const first = await commitTogether(store, sets.slice(0, middle))
  return [...first, ...(await commitTogether(store, sets.slice(middle)))]
}

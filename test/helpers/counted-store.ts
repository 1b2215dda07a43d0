import { storeWith } from '../../src/commit/store-with.ts'
import type { Store } from '../../src/ports/store.ts'

/** The same store, which counts what it is asked: `read reward_log`, `find reward_log`, `commit`. */
export function countedStore(store: Store): { store: Store; calls: Record<string, number> } {
  const calls: Record<string, number> = {}
  const count = (name: string) => {
    calls[name] = (calls[name] ?? 0) + 1
  }
  const counted = storeWith(store, {
    findByKeys: (collection, fields, keys) => {
      count(`read ${collection}`)
      return store.findByKeys(collection, fields, keys)
    },
    find: (collection, query) => {
      count(`find ${collection}`)
      return store.find(collection, query)
    },
    commit: (changes) => {
      count('commit')
      return store.commit(changes)
    },
  })
  return { store: counted, calls }
}

import type { Store } from '../ports/store.ts'

/** A store that does some things its own way and all else as `store` does. */
export function storeWith(store: Store, own: Partial<Omit<Store, 'kind'>>): Store {
  return {
    kind: store.kind,
    findByKeys: (collection, fields, keys) => store.findByKeys(collection, fields, keys),
    find: (collection, query) => store.find(collection, query),
    count: (...asked) => store.count(...asked),
    commit: (changes) => store.commit(changes),
    migrate: (options) => store.migrate(options),
    outstanding: () => store.outstanding(),
    schemaVersion: () => store.schemaVersion(),
    note: (name) => store.note(name),
    writeNote: (name, before, value) => store.writeNote(name, before, value),
    purge: () => store.purge(),
    ping: () => store.ping(),
    durability: () => store.durability(),
    close: () => store.close(),
    ...own,
  }
}

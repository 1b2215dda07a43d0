import type { Store } from '../ports/store.ts'

/** A store that does some things its own way and all else as `store` does. */
export function storeWith(store: Store, own: Partial<Omit<Store, 'kind'>>): Store {
  return {
    kind: store.kind,
    findByKeys: store.findByKeys.bind(store),
    find: store.find.bind(store),
    count: store.count.bind(store),
    commit: store.commit.bind(store),
    migrate: store.migrate.bind(store),
    outstanding: store.outstanding.bind(store),
    schemaVersion: store.schemaVersion.bind(store),
    note: store.note.bind(store),
    writeNote: store.writeNote.bind(store),
    ping: store.ping.bind(store),
    durability: store.durability.bind(store),
    close: store.close.bind(store),
    ...own,
  }
}

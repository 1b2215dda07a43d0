import type { CollectionName, Row } from './schema.ts'
import type { Change } from './store.ts'

/** Collections whose rows carry a revision that guards their updates. */
export type Revised = {
  [C in CollectionName]: Row<C> extends { revision: number } ? C : never
}[CollectionName]

/** Names a row: the row itself, or its ids alone. */
export interface RowRef {
  readonly id: string
  readonly accountId: string
}

// The compiler does not follow a collection's name through the union of all changes: it is told here, and only here.

/** A row that is not there yet; a conflict where a unique index has its like. */
export function insert<C extends CollectionName>(collection: C, row: Row<C>): Change {
  return { op: 'insert', collection, row } as Change
}

/**
 * Fields of a row that is there. A conflict unless the row still is as `guard` says; `{}` asks nothing of it, which is
 * right only where another guard of the same commit says that nobody wrote it meanwhile.
 */
export function change<C extends CollectionName>(
  collection: C,
  { id, accountId }: RowRef,
  guard: Partial<Row<C>>,
  set: Partial<Row<C>>,
): Change {
  return { op: 'update', collection, id, accountId, guard, set } as Change
}

/** Fields of a row that carries a revision: guarded by the one that was read, which it raises. */
export function revise<C extends Revised>(
  collection: C,
  row: RowRef & { readonly revision: number },
  set: Partial<Omit<Row<C>, 'revision'>>,
): Change {
  const { id, accountId, revision } = row
  const guard = { revision }
  return { op: 'update', collection, id, accountId, guard, set: { ...set, revision: revision + 1 } } as Change
}

/** A row goes. A conflict unless it still is as `guard` says. */
export function remove<C extends CollectionName>(
  collection: C,
  { id, accountId }: RowRef,
  guard: Partial<Row<C>>,
): Change {
  return { op: 'delete', collection, id, accountId, guard } as Change
}

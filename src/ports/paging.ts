import { above, all, ascending } from './conditions.ts'
import type { CollectionName, FieldName, Row } from './schema.ts'
import type { Condition, Store } from './store.ts'

const PAGE = 500

/**
 * Rows that match, page by page, in the order of `by`, of which no two of them may have the same value. Each page is
 * read when it is asked for and begins behind the last row of the one before, so that what comes, goes or is worked off
 * in between is neither passed over nor met twice.
 */
export async function* pagesOf<C extends CollectionName>(
  store: Store,
  collection: C,
  where: Condition<C>,
  by: FieldName<C> = 'id',
): AsyncGenerator<Row<C>[]> {
  const sort = ascending<C>(by)
  let page = await store.find(collection, { where, sort, limit: PAGE })
  while (page.length === PAGE) {
    yield page
    const rest = all<C>(where, above(by, page.at(-1)![by] as never))
    page = await store.find(collection, { where: rest, sort, limit: PAGE })
  }
  if (page.length > 0) yield page
}

/** The same rows one by one. */
export async function* eachRow<C extends CollectionName>(
  ...what: Parameters<typeof pagesOf<C>>
): AsyncGenerator<Row<C>> {
  for await (const page of pagesOf(...what)) yield* page
}

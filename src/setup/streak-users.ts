import type { CollectionName, Row } from '../ports/schema.ts'
import type { Condition, Store } from '../ports/store.ts'

const PAGE = 500

/** All rows of a configuration collection that match: few in any account, read page by page. */
export async function* eachRow<C extends CollectionName>(
  store: Store,
  collection: C,
  where: Condition<C>,
): AsyncGenerator<Row<C>> {
  const sort = [{ field: 'id', order: 'asc' }] as never
  let rows: Row<C>[]
  for (let offset = 0; offset === 0 || rows!.length === PAGE; offset += PAGE) {
    rows = await store.find(collection, { where, sort, offset, limit: PAGE })
    yield* rows
  }
}

/** Milestones of any status that hang on a streak. */
export async function milestonesOf(
  store: Store,
  accountId: string,
  streakId: string,
): Promise<Row<'milestone'>[]> {
  const milestones: Row<'milestone'>[] = []
  const where: Condition<'milestone'> = {
    and: [
      { field: 'accountId', op: 'eq', value: accountId },
      { field: 'linkedSchemaRecordId', op: 'eq', value: streakId },
    ],
  }
  for await (const milestone of eachRow(store, 'milestone', where)) milestones.push(milestone)
  return milestones
}

/** Connectors of any status with a rule that feeds a streak. */
export async function connectorsFeeding(
  store: Store,
  accountId: string,
  streakId: string,
): Promise<Row<'connector'>[]> {
  const all = eachRow(store, 'connector', { field: 'accountId', op: 'eq', value: accountId })
  const feeding: Row<'connector'>[] = []
  for await (const connector of all) {
    if (connector.rules.some((rule) => rule.streakId === streakId)) feeding.push(connector)
  }
  return feeding
}

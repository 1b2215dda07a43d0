import { equal } from '../ports/conditions.ts'
import { eachRow } from '../ports/paging.ts'
import type { Row } from '../ports/schema.ts'
import type { Store } from '../ports/store.ts'

/** Milestones of any status that hang on a streak. */
export async function milestonesOf(
  store: Store,
  accountId: string,
  streakId: string,
): Promise<Row<'milestone'>[]> {
  return Array.fromAsync(eachRow(store, 'milestone', equal({ accountId, linkedSchemaRecordId: streakId })))
}

/** Connectors of any status with a rule that feeds a streak. */
export async function connectorsFeeding(
  store: Store,
  accountId: string,
  streakId: string,
): Promise<Row<'connector'>[]> {
  const all = eachRow(store, 'connector', equal({ accountId }))
  const feeding: Row<'connector'>[] = []
  for await (const connector of all) {
    if (connector.rules.some((rule) => rule.streakId === streakId)) feeding.push(connector)
  }
  return feeding
}

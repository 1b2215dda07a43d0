import type { Row } from '../../ports/schema.ts'
import type { Store } from '../../ports/store.ts'

type Ids = Pick<Row<'member_streak'>, 'accountId' | 'ownedById' | 'streakId'>

/** The stored run of a journey in which a period lies; undefined where there is none. */
export async function findRunContaining(
  store: Store,
  { accountId, ownedById, streakId }: Ids,
  periodNumber: number,
): Promise<Row<'run'> | undefined> {
  const [run] = await store.find('run', {
    where: {
      and: [
        { field: 'accountId', op: 'eq', value: accountId },
        { field: 'ownedById', op: 'eq', value: ownedById },
        { field: 'streakId', op: 'eq', value: streakId },
        { field: 'firstPeriod', op: 'lte', value: periodNumber },
      ],
    },
    sort: [{ field: 'firstPeriod', order: 'desc' }],
    limit: 1,
  })
  return run !== undefined && run.lastPeriod >= periodNumber ? run : undefined
}

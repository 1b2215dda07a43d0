import type { CollectionName, Row } from '../../../src/ports/schema.ts'
import { foldCode } from '../../../src/rewards/code.ts'
import { row } from '../store/rows.ts'

/** Half of the rows share these, so that no list by one of them may read all that have it. */
const COMMON = '0190b000-0000-7000-8000-000000000000'
const id = (kind: number, at: number) => `0190b000-0000-7000-8000-${kind}${at.toString(16).padStart(11, '0')}`
const few = (kind: number, at: number) => id(kind, at % 997)

const START = 1_700_000_000_000
/** So many rows share the first moment, and so many the last. */
const SAME_MOMENT = 1_000

type Given<C extends CollectionName> = (at: number) => Partial<Row<C>>
type Made = { readonly [C in CollectionName]?: Given<C> }

/** By half of the numbers everything common, by the other half everything rare: skewed, as shops are. */
const GIVEN: Made = {
  streak_log: (at) => ({
    ownedById: at % 2 === 0 ? COMMON : at % 4 === 1 ? id(1, at) : few(1, at),
    streakId: at % 4 < 2 ? COMMON : few(2, at),
    uniqueIdentifier: at % 4 === 1 ? 'the same for many' : `order ${at}`,
    activityAt: START + ((at * 7_919) % 50_021) * 1_000,
  }),
  streak_progress: (at) => ({
    ownedById: at % 2 === 0 ? COMMON : few(1, at),
    streakId: at % 4 < 2 ? COMMON : few(2, at),
    periodNumber: at,
  }),
  member_streak: (at) => ({
    ownedById: at % 2 === 0 ? COMMON : id(1, at),
    streakId: at % 2 === 1 ? COMMON : id(2, at),
  }),
  reward_log: (at) => ({
    ownedById: at % 2 === 0 ? COMMON : few(1, at),
    linkedSchemaSlug: 'streak',
    linkedSchemaRecordId: at % 4 < 2 ? COMMON : few(2, at),
    milestoneId: at % 8 < 4 ? COMMON : few(3, at),
  }),
  delivery: (at) => ({
    connectorId: at % 2 === 0 ? COMMON : few(4, at),
    orderId: at % 4 === 1 ? 'the same for many' : at % 4 === 2 ? null : `order ${at}`,
  }),
  member: (at) => ({
    externalId: `member ${at}`,
    email: at % 2 === 0 ? 'same@example.com' : `${at}@example.com`,
  }),
  coupon_code: (at) => ({
    code: `Code-${at}`,
    foldedCode: foldCode(`Code-${at}`),
    source: at % 4 === 3 ? 'drawn' : 'pool',
    providerId: at % 4 === 3 ? null : at % 2 === 0 ? COMMON : few(5, at),
    rewardLogId: at % 4 === 1 ? COMMON : at % 2 === 0 ? null : id(6, at),
  }),
  milestone: (at) => ({
    linkedSchemaSlug: 'streak',
    linkedSchemaRecordId: at % 2 === 0 ? COMMON : few(2, at),
  }),
  backfill: (at) => ({
    kind: 'backfill',
    connectorId: at % 2 === 0 ? COMMON : few(4, at),
    isRunning: false,
    problem: null,
  }),
  connector: () => ({ rules: [], recentRefusals: [] }),
  webhook_message: () => ({ attempts: [] }),
}

/** Row number `at` of `rows`: its moment is shared with two others, or with a crowd at either end. */
export function plannedRow<C extends CollectionName>(
  collection: C,
  accountId: string,
  at: number,
  rows: number,
): Row<C> {
  const crowd = Math.min(SAME_MOMENT, rows / 10)
  const step = at < crowd ? 0 : at >= rows - crowd ? rows : Math.floor(at / 3)
  const given = GIVEN[collection]?.(at) ?? {}
  return row(collection, { accountId, createdAt: START + step * 1_000, ...given } as Partial<Row<C>>)
}

import type { Instant } from '../ports/clock.ts'
import type { BackfillKind } from '../ports/schema/backfill-values.ts'
import type { Row } from '../ports/schema.ts'

export interface Span {
  readonly since: Instant
  readonly until: Instant
}

export interface BackfillTerms extends Span {
  readonly kind: BackfillKind
  readonly dryRun: boolean
  readonly rewards: boolean
}

/** One that begins now: a worker takes it as soon as it looks. */
export function newBackfill(
  id: string,
  { accountId, id: connectorId }: Pick<Row<'connector'>, 'accountId' | 'id'>,
  terms: BackfillTerms,
  now: Instant,
): Row<'backfill'> {
  return {
    id,
    accountId,
    createdAt: now,
    updatedAt: now,
    revision: 1,
    connectorId,
    ...terms,
    state: 'running',
    isRunning: true,
    found: 0,
    counted: 0,
    duplicates: 0,
    ignored: 0,
    failed: 0,
    readUpTo: terms.since,
    problem: null,
    startedAt: now,
    endedAt: null,
    cursor: null,
    leaseId: null,
    dueAt: now,
    tries: 0,
  }
}

/** What is written where one ends. */
export function ended(
  state: Exclude<Row<'backfill'>['state'], 'running'>,
  now: Instant,
  problem: Row<'backfill'>['problem'] = null,
): Partial<Row<'backfill'>> {
  return {
    state,
    isRunning: false,
    endedAt: now,
    updatedAt: now,
    problem,
    leaseId: null,
    dueAt: null,
    cursor: null,
  }
}

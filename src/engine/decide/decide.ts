import type { Instant } from '../../ports/clock.ts'
import type { Row } from '../../ports/schema.ts'
import type { Change } from '../../ports/store.ts'
import { MissingFact } from '../../streaks/facts.ts'
import type { Sources } from '../deps.ts'
import type { Happening } from '../happenings.ts'
import type { JourneyNeed, Loaded } from '../load/loaded.ts'
import type { RecordRequest, RecordResult } from '../types.ts'
import { BatchDecision } from './batch-decision.ts'

export type Decision =
  | {
      readonly kind: 'decided'
      readonly changes: readonly Change[]
      /** One per request, in order; true once the changes are committed. */
      readonly results: readonly RecordResult[]
      /** Rewards that have something to make. */
      readonly dueRewards: readonly Row<'reward_log'>[]
      /** Items of reports that have something to do. */
      readonly dueReports: readonly Row<'delivery_item'>[]
      /** What somebody listens to. */
      readonly happenings: readonly Happening[]
    }
  | { readonly kind: 'needs'; readonly needs: readonly JourneyNeed[] }

/**
 * Decides a batch: pure, `now` and names are given. A log that is rejected or a duplicate does not touch the others.
 * Answers `needs` where facts are missing: load them into `loaded` and decide again.
 */
export function decide(
  loaded: Loaded,
  requests: readonly RecordRequest[],
  now: Instant,
  sources: Sources,
): Decision {
  const batch = new BatchDecision(loaded, now, sources)
  const needs: JourneyNeed[] = []
  const results: RecordResult[] = []
  for (const request of requests) {
    try {
      results.push(batch.record(request))
    } catch (error) {
      if (!(error instanceof MissingFact)) throw error
      needs.push({ journey: batch.journeyInHand(), need: error.need })
    }
  }
  if (needs.length > 0) return { kind: 'needs', needs }
  const due = { dueRewards: batch.dueRewards, dueReports: batch.dueReports() }
  return { kind: 'decided', changes: batch.changes(), results, ...due, happenings: batch.happenings() }
}

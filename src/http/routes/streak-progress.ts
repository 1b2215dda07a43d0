import type { ProgressView } from '../../engine/types.ts'
import { above, all, any, atMost, equal } from '../../ports/conditions.ts'
import type { Condition } from '../../ports/store.ts'
import { progressStatus } from '../../streaks/view.ts'
import type { HttpDeps } from '../deps.ts'
import { streakProgressForEndUsers } from '../end-user-views.ts'
import { COUNT_SCHEMA, INSTANT_SCHEMA, orNull } from '../json/json-schema.ts'
import { instantJson, type JsonObject, nullable } from '../json/write-json.ts'
import { type FilterRewrite, ID, type PublicFields, type Resource, rowJson, TIMES } from '../resource.ts'

type Status = ProgressView['status']

const STATUS_CONDITIONS: Record<Status, (now: number) => Condition<'streak_progress'>> = {
  completed: () => equal({ completed: true }),
  in_progress: (now) => all(equal({ completed: false }), above('periodEndAt', now)),
  broken: (now) => all(equal({ completed: false }), atMost('periodEndAt', now)),
}

/** The status is that of the moment of the request, so it is asked of what is stored and of the time. */
const statusFilter: FilterRewrite<'streak_progress'> = {
  values: ['in_progress', 'completed', 'broken'] satisfies Status[],
  toCondition(values, now) {
    const conditions = values.map((value) => STATUS_CONDITIONS[value as Status](now))
    return conditions.length === 1 ? conditions[0]! : any(...conditions)
  },
  valueIn: ({ completed, periodEndAt }, now): Status => progressStatus(completed, periodEndAt, now),
}

export const streakProgressFields: PublicFields<'streak_progress'> = {
  ...ID,
  streakId: { stored: 'streakId' },
  ownedById: { stored: 'ownedById' },
  periodKey: { stored: 'periodKey' },
  periodStartAt: { stored: 'periodStartAt' },
  periodEndAt: { stored: 'periodEndAt' },
  currentProgressValue: { stored: 'currentProgressValue', sum: true },
  aggregationTargetValue: { stored: 'aggregationTargetValue' },
  streakProgressStatus: { filter: statusFilter, schema: { type: 'string', enum: statusFilter.values } },
  consecutiveCount: { schema: COUNT_SCHEMA },
  longestConsecutiveCount: { schema: COUNT_SCHEMA },
  streakStartedAt: { schema: orNull(INSTANT_SCHEMA) },
  streakBrokenAt: { schema: orNull(INSTANT_SCHEMA) },
  streakCompletedAt: { schema: orNull(INSTANT_SCHEMA) },
  ...TIMES,
}

export function progressJson(view: ProgressView): JsonObject {
  return {
    ...rowJson('streak_progress', streakProgressFields, view.row),
    streakProgressStatus: view.status,
    consecutiveCount: view.consecutiveCount,
    longestConsecutiveCount: view.longestConsecutiveCount,
    streakStartedAt: nullable(view.streakStartedAt, instantJson),
    streakBrokenAt: nullable(view.streakBrokenAt, instantJson),
    streakCompletedAt: nullable(view.streakCompletedAt, instantJson),
  }
}

const SYSTEM_MANAGED = 'Streak progress is kept by the platform: it follows from the streak logs alone'

export function streakProgressResource({ views }: Pick<HttpDeps, 'views'>): Resource<'streak_progress'> {
  return {
    slug: 'streak_progress',
    noun: 'streak progress',
    collection: 'streak_progress',
    fields: streakProgressFields,
    allows: ['list', 'get'],
    refuses: { create: SYSTEM_MANAGED, patch: SYSTEM_MANAGED, delete: SYSTEM_MANAGED },
    endUser: streakProgressForEndUsers,
    ledger: true,
    async present(rows, { accountId, now, wants }) {
      const computed = Object.entries(streakProgressFields).flatMap(([slug, field]) =>
        field.stored === undefined ? [slug] : [],
      )
      if (!wants(...computed)) return rows.map((row) => rowJson('streak_progress', streakProgressFields, row))
      return (await views.progress(accountId, rows, now)).map(progressJson)
    },
  }
}

import type { MemberStreakView } from '../../engine/types.ts'
import type { HttpDeps } from '../deps.ts'
import { memberStreakForEndUsers } from '../end-user-views.ts'
import { COUNT_SCHEMA, INSTANT_SCHEMA, orNull, QUANTITY_SCHEMA, recordRef } from '../json/json-schema.ts'
import { instantJson, type JsonObject, nullable, quantityJson } from '../json/write-json.ts'
import { ID, type PublicFields, type Resource, rowJson, TIMES } from '../resource.ts'
import { milestoneShape } from './milestone-shape.ts'

const memberStreakFields: PublicFields<'member_streak'> = {
  ...ID,
  streakId: { stored: 'streakId' },
  ownedById: { stored: 'ownedById' },
  currentConsecutiveCount: { schema: COUNT_SCHEMA },
  longestConsecutiveCount: { schema: COUNT_SCHEMA },
  completedCycles: { schema: COUNT_SCHEMA },
  currentPeriodKey: { schema: { type: 'string' } },
  currentProgressValue: { schema: QUANTITY_SCHEMA },
  currentPeriodEndAt: { schema: INSTANT_SCHEMA },
  streakStatus: { schema: { type: 'string', enum: ['active', 'at_risk', 'inactive'] } },
  lastBrokenAt: { schema: orNull(INSTANT_SCHEMA) },
  lastActivityAt: { stored: 'lastActivityAt' },
  nextMilestone: { schema: orNull(recordRef('milestone')) },
  ...TIMES,
}

/** A member streak as it was read at one moment. */
export function memberStreakJson(view: MemberStreakView): JsonObject {
  return {
    ...rowJson('member_streak', memberStreakFields, view.row),
    currentConsecutiveCount: view.currentConsecutiveCount,
    longestConsecutiveCount: view.longestConsecutiveCount,
    completedCycles: view.completedCycles,
    currentPeriodKey: view.currentPeriodKey,
    currentProgressValue: quantityJson(view.currentProgressValue),
    currentPeriodEndAt: instantJson(view.currentPeriodEndAt),
    streakStatus: view.streakStatus,
    lastBrokenAt: nullable(view.lastBrokenAt, instantJson),
    nextMilestone: nullable(view.nextMilestone, milestoneShape.json),
  }
}

const SYSTEM_MANAGED = 'Member streaks are kept by the platform: they follow from the streak logs alone'

export function memberStreakResource({ views }: Pick<HttpDeps, 'views'>): Resource<'member_streak'> {
  return {
    slug: 'member_streak',
    noun: 'member streak',
    collection: 'member_streak',
    fields: memberStreakFields,
    allows: ['list', 'get'],
    refuses: { create: SYSTEM_MANAGED, patch: SYSTEM_MANAGED, delete: SYSTEM_MANAGED },
    endUser: memberStreakForEndUsers,
    ledger: true,
    async present(rows, { accountId, now, wants }) {
      const computed = Object.entries(memberStreakFields).flatMap(([slug, field]) =>
        field.stored === undefined ? [slug] : [],
      )
      if (!wants(...computed)) return rows.map((row) => rowJson('member_streak', memberStreakFields, row))
      return (await views.memberStreaks(accountId, rows, now)).map(memberStreakJson)
    },
  }
}

import type { LogContext, MemberRef, RecordRequest } from '../../engine/types.ts'
import { AppError, invalid } from '../../errors.ts'
import { type MemberProfile, STATUSES } from '../../ports/schema/values.ts'
import type { Row } from '../../ports/schema.ts'
import type { HttpDeps } from '../deps.ts'
import { orNull, recordRef } from '../json/json-schema.ts'
import { type JsonObject, nullable } from '../json/write-json.ts'
import { zBoolean, zExternalId, zInstant, zObject, zOneOf, zQuantity, zText, zUuid } from '../read/zod.ts'
import type { Call, Resource } from '../resource.ts'
import { defaulted, maybe, shapeOf } from '../shape.ts'
import { optionalProfile } from './member.ts'
import { milestoneShape } from './milestone-shape.ts'
import { rewardLogJson } from './reward-log.ts'
import { progressJson } from './streak-progress.ts'
import { streakShape } from './streak-shape.ts'
import { logActions } from './withdrawal.ts'

const JOINED = {
  streak: { onRequest: true, schema: recordRef('streak') },
  streakProgress: { onRequest: true, schema: orNull(recordRef('streak progress')) },
  achievedMilestone: { onRequest: true, schema: orNull(recordRef('milestone')) },
  nextMilestone: { onRequest: true, schema: orNull(recordRef('milestone')) },
  achievedMilestoneRewardLog: { onRequest: true, schema: orNull(recordRef('reward log')) },
  achievedMilestones: { onRequest: true, schema: { type: 'array', items: recordRef('milestone') } },
  achievedMilestoneRewardLogs: { onRequest: true, schema: { type: 'array', items: recordRef('reward log') } },
} as const

const streakLogShape = shapeOf('streak_log', {
  streakId: { create: zUuid },
  ownedById: { create: zUuid.optional() },
  ownedBy: { create: zObject({ externalId: zExternalId, ...optionalProfile }).optional() },
  activityAt: { create: zInstant },
  activityId: { create: zText(256) },
  uniqueIdentifier: { create: zText(256) },
  activityValue: maybe(zQuantity),
  status: defaulted(zOneOf(STATUSES), 'live'),
  quiet: defaulted(zBoolean, false),
})

type Input = ReturnType<typeof streakLogShape.readCreate>

function streakLogJson(row: Row<'streak_log'>, context: LogContext): JsonObject {
  const milestones = context.achieved.map(({ milestone }) => milestoneShape.json(milestone))
  const rewardLogs = context.achieved.map(({ milestone, rewardLog }) => rewardLogJson(rewardLog, milestone))
  return {
    ...streakLogShape.json(row),
    streak: streakShape.json(context.streak),
    streakProgress: nullable(context.progress, progressJson),
    achievedMilestone: milestones.at(-1) ?? null,
    nextMilestone: nullable(context.nextMilestone, milestoneShape.json),
    achievedMilestoneRewardLog: rewardLogs.at(-1) ?? null,
    achievedMilestones: milestones,
    achievedMilestoneRewardLogs: rewardLogs,
  }
}

/** Absent fields stay as they are. */
function supplied(profile: { readonly [F in keyof MemberProfile]: string | undefined }): MemberProfile {
  return Object.fromEntries(Object.entries(profile).filter(([, value]) => value !== undefined))
}

function memberRef({ ownedById, ownedBy }: Input): MemberRef {
  if (ownedById !== undefined && ownedBy !== undefined) {
    throw invalid('ownedBy', 'has no place next to ownedById: name the member in one way')
  }
  if (ownedById !== undefined) return { id: ownedById }
  if (ownedBy === undefined) throw invalid('ownedById', 'is required, or ownedBy in its place')
  const { externalId, ...profile } = ownedBy
  return { externalId, profile: supplied(profile), profileAt: null }
}

function recordRequest(accountId: string, input: Input): RecordRequest {
  const { ownedById, ownedBy, ...log } = input
  return { accountId, ...log, member: memberRef(input), enrich: true }
}

function duplicate(existingId: string): AppError {
  const message = 'was already used for this member on this streak'
  return new AppError('DUPLICATE_STREAK_LOG', `uniqueIdentifier ${message}; existingId is that log`, {
    details: [{ path: 'uniqueIdentifier', message, existingId }],
  })
}

const PERMANENT = 'A streak log is permanent: it can be neither changed nor deleted, only withdrawn'

export function streakLogResource({
  recorder,
  entries,
  views,
}: Pick<HttpDeps, 'recorder' | 'entries' | 'views'>): Resource<'streak_log'> {
  const { fields, bodies, readCreate, json } = streakLogShape
  return {
    slug: 'streak_log',
    noun: 'streak log',
    collection: 'streak_log',
    fields: { ...fields, ...JOINED },
    bodies,
    allows: ['list', 'create', 'get'],
    refuses: { patch: PERMANENT, delete: PERMANENT },
    fails: {
      create: [
        'REFERENCE_NOT_FOUND',
        'DUPLICATE_STREAK_LOG',
        'STREAK_NOT_LIVE',
        'MEMBER_NOT_LIVE',
        'IN_FUTURE',
      ],
    },
    actions: logActions({ entries }),
    ledger: true,
    async present(rows, { accountId, now, wants }) {
      if (!wants(...Object.keys(JOINED))) return rows.map(json)
      const contexts = await views.logContexts(accountId, rows, now)
      return rows.map((row, index) => streakLogJson(row, contexts[index]!))
    },
    create: async ({ caller: { accountId }, log }: Call, body) => {
      const input = readCreate(body)
      const result = await recorder.record(recordRequest(accountId, input))
      if (result.outcome === 'duplicate') throw duplicate(result.existingId)
      if (result.outcome === 'rejected') {
        const { code, path, message } = result
        throw new AppError(code, message, { details: [{ path, message }] })
      }
      if (result.outcome !== 'recorded' || result.context === null) {
        throw new Error(`the recorder answered ${result.outcome} without the context that was asked for`)
      }
      log({ streakLogId: result.log.id })
      return streakLogJson(result.log, result.context)
    },
  }
}

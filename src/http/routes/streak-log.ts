import type { z } from 'zod'
import type { LogContext, MemberRef, RecordRequest } from '../../engine/types.ts'
import { AppError, invalid } from '../../errors.ts'
import type { Row } from '../../ports/schema.ts'
import type { HttpDeps } from '../deps.ts'
import { orNull, recordRef } from '../json/json-schema.ts'
import { type JsonObject, nullable } from '../json/write-json.ts'
import { checkCreate } from '../read/check.ts'
import { zExternalId, zInstant, zObject, zOneOf, zQuantity, zText, zUuid } from '../read/zod.ts'
import { type Call, ID, type PublicFields, type Resource, rowJson, STATUSES, TIMES } from '../resource.ts'
import { profileShape, suppliedProfile } from './member.ts'
import { milestoneJson } from './milestone-shape.ts'
import { rewardLogJson } from './reward-log.ts'
import { progressJson } from './streak-progress.ts'
import { streakJson } from './streak-shape.ts'
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

export const streakLogFields: PublicFields<'streak_log'> = {
  ...ID,
  streakId: { stored: 'streakId' },
  ownedById: { stored: 'ownedById' },
  activityAt: { stored: 'activityAt' },
  activityId: { stored: 'activityId' },
  uniqueIdentifier: { stored: 'uniqueIdentifier' },
  activityValue: { stored: 'activityValue' },
  status: { stored: 'status', values: STATUSES },
  ...TIMES,
  ...JOINED,
}

function streakLogJson(row: Row<'streak_log'>, context: LogContext): JsonObject {
  const milestones = context.achieved.map(({ milestone }) => milestoneJson(milestone))
  const rewardLogs = context.achieved.map(({ milestone, rewardLog }) => rewardLogJson(rewardLog, milestone))
  return {
    ...rowJson('streak_log', streakLogFields, row),
    streak: streakJson(context.streak),
    streakProgress: nullable(context.progress, progressJson),
    achievedMilestone: milestones.at(-1) ?? null,
    nextMilestone: nullable(context.nextMilestone, milestoneJson),
    achievedMilestoneRewardLog: rewardLogs.at(-1) ?? null,
    achievedMilestones: milestones,
    achievedMilestoneRewardLogs: rewardLogs,
  }
}

const createSchema = zObject({
  streakId: zUuid,
  ownedById: zUuid.optional(),
  ownedBy: zObject({ externalId: zExternalId, ...profileShape }).optional(),
  activityAt: zInstant,
  activityId: zText(256),
  uniqueIdentifier: zText(256),
  activityValue: zQuantity.optional(),
  status: zOneOf(STATUSES).default('live'),
})

type Input = z.output<typeof createSchema>

function memberRef({ ownedById, ownedBy }: Input): MemberRef {
  if (ownedById !== undefined && ownedBy !== undefined) {
    throw invalid('ownedBy', 'has no place next to ownedById: name the member in one way')
  }
  if (ownedById !== undefined) return { id: ownedById }
  if (ownedBy === undefined) throw invalid('ownedById', 'is required, or ownedBy in its place')
  return { externalId: ownedBy.externalId, profile: suppliedProfile(ownedBy), profileAt: null }
}

function recordRequest(accountId: string, input: Input): RecordRequest {
  return {
    accountId,
    streakId: input.streakId,
    member: memberRef(input),
    activityId: input.activityId,
    uniqueIdentifier: input.uniqueIdentifier,
    activityAt: input.activityAt,
    activityValue: input.activityValue ?? null,
    status: input.status,
    enrich: true,
  }
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
  return {
    slug: 'streak_log',
    noun: 'streak log',
    collection: 'streak_log',
    fields: streakLogFields,
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
    bodies: { create: createSchema },
    actions: logActions({ entries }),
    ledger: true,
    async present(rows, { accountId, now, wants }) {
      if (!wants(...Object.keys(JOINED)))
        return rows.map((row) => rowJson('streak_log', streakLogFields, row))
      const contexts = await views.logContexts(accountId, rows, now)
      return rows.map((row, index) => streakLogJson(row, contexts[index]!))
    },
    create: async ({ caller: { accountId }, log }: Call, body) => {
      const input = checkCreate(createSchema, body)
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

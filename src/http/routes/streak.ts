import { createStreak, deleteStreak, patchStreak } from '../../setup/streak.ts'
import type { HttpDeps } from '../deps.ts'
import { streakForEndUsers } from '../end-user-views.ts'
import { checkCreate, checkPatch } from '../read/check.ts'
import { zInteger, zObject, zOneOf, zOptionalText, zPositiveQuantity, zText } from '../read/zod.ts'
import { type Resource, STATUSES } from '../resource.ts'
import {
  MAX_PERIODS,
  METHODS,
  PERIODS,
  streakFields,
  streakJson,
  WEEK_STARTS,
  zTimezone,
} from './streak-shape.ts'

const createSchema = zObject({
  name: zText(256),
  description: zOptionalText(1024).default(''),
  status: zOneOf(STATUSES).default('draft'),
  aggregationMethod: zOneOf(METHODS).default('sum'),
  aggregationPeriod: zOneOf(PERIODS).default('daily'),
  aggregationTargetValue: zPositiveQuantity,
  completionTargetValue: zInteger(1, MAX_PERIODS).optional(),
  timezone: zTimezone.optional(),
  weekStartsOn: zOneOf(WEEK_STARTS).default('monday'),
})

const patchSchema = zObject({
  name: zText(256).optional(),
  description: zOptionalText(1024).nullable(),
  status: zOneOf(STATUSES).optional(),
  aggregationMethod: zOneOf(METHODS).optional(),
  aggregationPeriod: zOneOf(PERIODS).optional(),
  aggregationTargetValue: zPositiveQuantity.optional(),
  completionTargetValue: zInteger(1, MAX_PERIODS).nullable().optional(),
  timezone: zTimezone.optional(),
  weekStartsOn: zOneOf(WEEK_STARTS).optional(),
})

export function streakResource({ store, newId }: Pick<HttpDeps, 'store' | 'newId'>): Resource<'streak'> {
  return {
    slug: 'streak',
    noun: 'streak',
    collection: 'streak',
    fields: streakFields,
    allows: ['list', 'create', 'get', 'patch', 'delete'],
    refuses: {},
    endUser: streakForEndUsers,
    fails: { patch: ['FIELD_IS_FIXED'], delete: ['STREAK_HAS_LOGS', 'STREAK_IN_USE'] },
    bodies: { create: createSchema, patch: patchSchema },
    async create({ caller: { accountId }, now, log }, body) {
      const input = checkCreate(createSchema, body)
      const row = await createStreak(store, {
        ...input,
        id: newId(),
        accountId,
        createdAt: now,
        updatedAt: now,
        revision: 1,
        completionTargetValue: input.completionTargetValue ?? null,
        timezone: input.timezone ?? null,
      })
      log({ streakId: row.id })
      return streakJson(row)
    },
    async patch({ caller: { accountId }, now }, id, body) {
      const { description, ...input } = checkPatch(patchSchema, body)
      const given = {
        ...(input as Parameters<typeof patchStreak>[4]),
        ...(description === undefined ? {} : { description: description ?? '' }),
      }
      return streakJson(await patchStreak(store, accountId, id, now, given))
    },
    remove: ({ caller }, id) => deleteStreak(store, caller.accountId, id),
  }
}

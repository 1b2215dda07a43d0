import type { z } from 'zod'
import { commitPlanned, findRow } from '../../commit/planned.ts'
import type { Row } from '../../ports/schema.ts'
import type { HttpDeps } from '../deps.ts'
import { streakForEndUsers } from '../end-user-views.ts'
import { checkCreate } from '../read/check.ts'
import { zInteger, zObject, zOneOf, zOptionalText, zPositiveQuantity, zText } from '../read/zod.ts'
import { type Resource, STATUSES } from '../resource.ts'
import { deleteStreak, patchSchema, patchStreak } from './streak-change.ts'
import {
  checkStreakTarget,
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

export function streakResource({ store, newId }: Pick<HttpDeps, 'store' | 'newId'>): Resource<'streak'> {
  async function timezoneOf(input: z.output<typeof createSchema>, accountId: string): Promise<string> {
    if (input.timezone !== undefined) return input.timezone
    const account = await findRow(store, 'account', accountId, accountId)
    return account?.timezone ?? 'UTC'
  }

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
    patch: ({ caller, now }, id, body) => patchStreak(store, caller.accountId, id, now, body),
    remove: ({ caller }, id) => deleteStreak(store, caller.accountId, id),
    async create({ caller: { accountId }, now, log }, body) {
      const input = checkCreate(createSchema, body)
      checkStreakTarget(input)
      const row: Row<'streak'> = {
        ...input,
        id: newId(),
        accountId,
        createdAt: now,
        updatedAt: now,
        revision: 1,
        completionTargetValue: input.completionTargetValue ?? null,
        timezone: await timezoneOf(input, accountId),
        hasLogs: false,
      }
      await commitPlanned(store, async () => ({
        changes: [{ op: 'insert', collection: 'streak', row }],
        result: undefined,
      }))
      log({ streakId: row.id })
      return streakJson(row)
    },
  }
}

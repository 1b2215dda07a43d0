import type { z } from 'zod'
import type { Row } from '../../ports/schema.ts'
import { isTimezone } from '../../streaks/period.ts'
import { isWhole } from '../../streaks/quantity.ts'
import { commitPlanned, findRow } from '../commit.ts'
import type { HttpDeps } from '../deps.ts'
import type { JsonObject } from '../json/write-json.ts'
import { checkCreate, invalid } from '../read/check.ts'
import { bad, readText } from '../read/values.ts'
import { zInteger, zObject, zOneOf, zOptionalText, zPositiveQuantity, zRead, zText } from '../read/zod.ts'
import { ID, type PublicFields, type Resource, rowJson, STATUSES, TIMES } from '../resource.ts'

const METHODS = ['count', 'sum'] as const
const PERIODS = ['daily', 'weekly', 'monthly'] as const
const WEEK_STARTS = ['monday', 'sunday'] as const
const MAX_PERIODS = 1_000_000

export const streakFields: PublicFields<'streak'> = {
  ...ID,
  name: { stored: 'name', contains: true },
  description: { stored: 'description' },
  status: { stored: 'status', values: STATUSES },
  aggregationMethod: { stored: 'aggregationMethod', values: METHODS },
  aggregationPeriod: { stored: 'aggregationPeriod', values: PERIODS },
  aggregationTargetValue: { stored: 'aggregationTargetValue' },
  completionTargetValue: { stored: 'completionTargetValue' },
  timezone: { stored: 'timezone' },
  weekStartsOn: { stored: 'weekStartsOn', values: WEEK_STARTS },
  ...TIMES,
}

export function streakJson(row: Row<'streak'>): JsonObject {
  return rowJson('streak', streakFields, row)
}

const zTimezone = zRead<string>(
  (value) => {
    const text = readText(64)(value)
    if (!text.ok || isTimezone(text.value)) return text
    return bad(
      'must be an IANA time zone in its exact spelling, such as Europe/Berlin; offsets are not zones',
    )
  },
  { type: 'string' },
)

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

/** A count streak counts whole logs. */
export function checkStreakTarget(
  streak: Pick<Row<'streak'>, 'aggregationMethod' | 'aggregationTargetValue'>,
): void {
  if (streak.aggregationMethod === 'count' && !isWhole(streak.aggregationTargetValue)) {
    throw invalid('aggregationTargetValue', 'must be a whole number on a streak with aggregationMethod count')
  }
}

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
    allows: ['list', 'create', 'get'],
    refuses: {},
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

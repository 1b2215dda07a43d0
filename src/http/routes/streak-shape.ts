import type { Row } from '../../ports/schema.ts'
import { bad, readText } from '../../read/values.ts'
import { isTimezone } from '../../streaks/period.ts'
import type { JsonObject } from '../json/write-json.ts'
import { zRead } from '../read/zod.ts'
import { ID, type PublicFields, rowJson, STATUSES, TIMES } from '../resource.ts'

export const METHODS = ['count', 'sum'] as const
export const PERIODS = ['daily', 'weekly', 'monthly'] as const
export const WEEK_STARTS = ['monday', 'sunday'] as const
export const MAX_PERIODS = 1_000_000

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

export const zTimezone = zRead<string>(
  (value) => {
    const text = readText(64)(value)
    if (!text.ok || isTimezone(text.value)) return text
    return bad(
      'must be an IANA time zone in its exact spelling, such as Europe/Berlin; offsets are not zones',
    )
  },
  { type: 'string' },
)

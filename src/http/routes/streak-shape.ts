import { AGGREGATION_METHODS, AGGREGATION_PERIODS, STATUSES, WEEK_STARTS } from '../../ports/schema/values.ts'
import { bad, readText } from '../../read/values.ts'
import { MOST_AT_RISK_HOURS } from '../../setup/streak.ts'
import { isTimezone } from '../../streaks/period.ts'
import { textSchema, zBlankText, zInteger, zOneOf, zPositiveQuantity, zRead, zText } from '../read/zod.ts'
import { defaulted, derivable, emptiable, maybe, required, shapeOf } from '../shape.ts'

const MAX_ZONE_CHARACTERS = 64
const MAX_PERIODS = 1_000_000
/** Of the longest kind of period; `src/setup` knows those of each. */
const MAX_AT_RISK_HOURS = Math.max(...Object.values(MOST_AT_RISK_HOURS))

export const zTimezone = zRead<string>((value) => {
  const text = readText(MAX_ZONE_CHARACTERS)(value)
  if (!text.ok || isTimezone(text.value)) return text
  return bad('must be an IANA time zone in its exact spelling, such as Europe/Berlin; offsets are not zones')
}, textSchema(MAX_ZONE_CHARACTERS))

export const streakShape = shapeOf('streak', {
  name: { ...required(zText(256)), contains: true },
  description: emptiable(zBlankText(1024), ''),
  status: defaulted(zOneOf(STATUSES), 'draft'),
  aggregationMethod: defaulted(zOneOf(AGGREGATION_METHODS), 'sum'),
  aggregationPeriod: defaulted(zOneOf(AGGREGATION_PERIODS), 'daily'),
  aggregationTargetValue: required(zPositiveQuantity),
  completionTargetValue: maybe(zInteger(1, MAX_PERIODS)),
  timezone: derivable(zTimezone),
  weekStartsOn: defaulted(zOneOf(WEEK_STARTS), 'monday'),
  atRiskHours: maybe(zInteger(1, MAX_AT_RISK_HOURS)),
})

import type { Milestone, Streak } from '../../client/schema.ts'
import type { Tone } from '../parts/states.ts'
import { counted } from './format.ts'
import { PERIOD_WORDS } from './periods.ts'

export const STATUSES: Readonly<Record<Streak['status'], readonly [words: string, tone: Tone]>> = {
  draft: ['not live yet', 'plain'],
  live: ['live', 'good'],
  paused: ['paused', 'waiting'],
}

type Rules = Pick<
  Streak,
  'aggregationMethod' | 'aggregationPeriod' | 'aggregationTargetValue' | 'completionTargetValue'
>

/** `2 purchases every week; after 4 weeks in a row it begins anew` */
export function streakWords(streak: Rules): string {
  const { aggregationMethod, aggregationPeriod, aggregationTargetValue, completionTargetValue } = streak
  const period = PERIOD_WORDS[aggregationPeriod]
  const what =
    aggregationMethod === 'count'
      ? counted(aggregationTargetValue, 'purchase')
      : `purchases that add up to ${aggregationTargetValue}`
  const cycle =
    completionTargetValue === null
      ? ''
      : `; after ${counted(completionTargetValue, period)} in a row it begins anew`
  return `${what} every ${period}${cycle}`
}

/** `after 4 weeks in a row, each time`, `once a day comes to 3, once for each shopper` */
export function milestoneWords(milestone: Milestone, streak: Pick<Streak, 'aggregationPeriod'>): string {
  const { milestoneMetric, milestoneRepeat, milestoneTargetValue } = milestone
  const period = PERIOD_WORDS[streak.aggregationPeriod]
  const when =
    milestoneMetric === 'consecutive_count'
      ? `after ${counted(milestoneTargetValue, period)} in a row`
      : `once a ${period} comes to ${milestoneTargetValue}`
  return `${when}, ${milestoneRepeat === 'once' ? 'once for each shopper' : 'each time'}`
}

import type { MemberStreak, Streak, StreakProgress } from '../../../client/schema.ts'
import { list } from '../../api/records.ts'
import { html } from '../../html.ts'
import { useLoad } from '../../load.ts'
import { Badge, Shown } from '../../parts/states.ts'
import { Link } from '../../router.ts'
import { counted, dateTime } from '../../words/format.ts'
import { cellsOf, PERIOD_WORDS } from '../../words/periods.ts'
import { Calendar } from './calendar.ts'

/** More than two years of days. */
const MOST_PERIODS = 1_000

const STANDINGS = {
  active: ['done for now', 'good'],
  at_risk: ['at risk', 'waiting'],
  inactive: ['no streak running', 'plain'],
} as const

export interface StreakOfShopperProps {
  readonly standing: MemberStreak
  readonly streak: Streak
}

/** How a shopper stands on one streak, and the calendar of it. */
export function StreakOfShopper({ standing, streak }: StreakOfShopperProps) {
  const records = useLoad(
    async (signal) => {
      const { data } = await list<StreakProgress>('streak_progress', {
        filters: {
          and: [
            { fieldSlug: 'ownedById', operator: 'EQUALS', value: standing.ownedById },
            { fieldSlug: 'streakId', operator: 'EQUALS', value: streak.id },
          ],
        },
        sortBy: [{ fieldSlug: 'periodKey', order: 'DESC' }],
        limit: MOST_PERIODS,
        signal,
      })
      return data
    },
    [standing],
  )
  const show = (data: readonly StreakProgress[]) =>
    html`<${Calendar} streak=${streak} cells=${cellsOf(data, standing.currentPeriodKey, streak.aggregationPeriod)} />`
  const [words, tone] = STANDINGS[standing.streakStatus]
  return html`<section class="card">
    <h2><${Link} to=${`/streaks/${streak.id}`}><bdi>${streak.name}</bdi></${Link}></h2>
    <p><${Badge} tone=${tone}>${words}</${Badge}></p>
    <p>${sentences(standing, streak)}</p>
    ${standing.nextMilestone !== null && html`<p>Next: <bdi>${standing.nextMilestone.name}</bdi>, at ${standing.nextMilestone.milestoneTargetValue}.</p>`}
    <${Shown} of=${records} what="The calendar">${show}</${Shown}>
  </section>`
}

function sentences(standing: MemberStreak, streak: Streak): string {
  const word = PERIOD_WORDS[streak.aggregationPeriod]
  const said = [
    `${counted(standing.currentConsecutiveCount, word)} in a row now, ${standing.longestConsecutiveCount} at most.`,
    `This ${word} ${standing.currentProgressValue} of ${streak.aggregationTargetValue} is done; it ends ${dateTime(standing.currentPeriodEndAt, streak.timezone)} in ${streak.timezone}.`,
  ]
  if (standing.completedCycles > 0)
    said.push(`The streak was finished ${counted(standing.completedCycles, 'time')}.`)
  if (standing.lastBrokenAt !== null)
    said.push(`It was broken last on ${dateTime(standing.lastBrokenAt, streak.timezone)}.`)
  return said.join(' ')
}

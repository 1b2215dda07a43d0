import type { RewardLog } from '../../../client/schema.ts'
import { act } from '../../api/records.ts'
import { html } from '../../html.ts'
import { AskedButton } from '../../parts/confirm.ts'
import { Badge } from '../../parts/states.ts'
import { Table } from '../../parts/table.ts'
import { Link } from '../../router.ts'
import { mayChange, useSession } from '../../session.ts'
import { counted, dateTime } from '../../words/format.ts'
import { checkWords, type Explained, VERDICTS, valueWords } from '../../words/journey.ts'
import { discountWords, rewardWords, waitWords } from '../../words/rewards.ts'

type Check = Explained['rules'][number]['checks'][number]

export interface StreakCardProps {
  readonly streak: Explained
  readonly again: () => void
}

/** How an order stands on one streak, in sentences; what was checked in small print. */
export function StreakCard({ streak, again }: StreakCardProps) {
  const [verdict, tone] = VERDICTS[streak.verdict]
  return html`<section class="card">
    <h2><${Link} to=${`/streaks/${streak.streakId}`}><bdi>${streak.streakName}</bdi></${Link}></h2>
    <p><${Badge} tone=${tone}>${verdict}</${Badge}></p>
    <p>${streak.message}</p>
    ${streak.wouldCountIf !== null && html`<p>${streak.wouldCountIf}</p>`}
    <${Period} streak=${streak} />
    ${streak.rewards.map((reward) => html`<${Earned} key=${reward.id} reward=${reward} />`)}
    <${Taken} streak=${streak} again=${again} />
    <${Checks} streak=${streak} />
  </section>`
}

function Period({ streak: { period, progress, verdict } }: { readonly streak: Explained }) {
  if (period === null) return null
  const clock = dateTime(period.localTime, period.timezone)
  return html`<p>The order was placed at ${clock} in ${period.timezone}; ${verdict === 'counted' ? 'it counts for' : 'it belongs to'} the period that lasts until ${dateTime(period.endsAt, period.timezone)}.
    ${progress !== null && html` In it ${progress.currentProgressValue} of ${progress.aggregationTargetValue} is done${progress.consecutiveCount > 0 ? `, with ${counted(progress.consecutiveCount, 'period')} in a row` : ''}.`}</p>`
}

function Earned({ reward }: { readonly reward: RewardLog }) {
  const { account } = useSession()
  const [words, tone] = rewardWords(reward)
  const waits = waitWords(reward, (instant) => dateTime(instant, account.timezone))
  return html`<p>By it a coupon was earned: <bdi>${reward.milestone?.name ?? 'a milestone that is gone'}</bdi>, ${discountWords(reward.reward)}${' '}
    <${Badge} tone=${tone}>${words}</${Badge}> ${waits !== null && html`<span dir="auto">${waits}</span> `}<${Link} to=${`/coupons/coupon/${reward.id}`}>See the coupon</${Link}></p>`
}

/** What was taken back of the order, and by whom; withdraw and reinstate. */
function Taken({ streak, again }: StreakCardProps) {
  const { user, account } = useSession()
  const { withdrawals, streakLogId, verdict } = streak
  if (streakLogId === null) return null
  const undone = new Set(withdrawals.map(({ withdrawalId }) => withdrawalId))
  const withdraw = async (reason: string) => {
    await act('streak_log', streakLogId, 'withdrawal', {
      reason,
      uniqueIdentifier: `console:${crypto.randomUUID()}`,
    })
    again()
  }
  const reinstate = (withdrawalId: string) => async (reason: string) => {
    await act('streak_log', streakLogId, 'reinstatement', { reason, withdrawalId })
    again()
  }
  return html`${withdrawals.length > 0 && html`<h3>Taken back and given back</h3>`}
    ${
      withdrawals.length > 0 &&
      html`<ul class="plain">${withdrawals.map(
        ({ id, kind, reason, value, createdAt }) => html`<li key=${id}>
        ${kind === 'withdrawal' ? 'Taken back' : 'Given back'}${value === null ? '' : ` in part (${value})`}, ${dateTime(createdAt, account.timezone)}: <span dir="auto">${reason}</span>
        ${
          mayChange(user) &&
          kind === 'withdrawal' &&
          !undone.has(id) &&
          html` <${AskedButton} label="Count it again" title="Count this order again" asks="Why?" act=${reinstate(id)} said="The order counts again.">
            <p>What was taken back counts again, and a coupon that was not issued yet comes back.</p></${AskedButton}>`
        }
      </li>`,
      )}</ul>`
    }
    ${
      mayChange(user) &&
      verdict === 'counted' &&
      html`<div class="actions"><${AskedButton} label="Take it back" title="Take this order back" asks="Why?" isDanger=${true} act=${withdraw} said="The order was taken back.">
        <p>The order does not count any more on “<bdi>${streak.streakName}</bdi>”. The streak may break by that, and coupons that rest on it may be taken back. You can count it again later.</p></${AskedButton}></div>`
    }`
}

function Checks({ streak: { rules, because, streakLogId } }: { readonly streak: Explained }) {
  const columns = [
    {
      label: 'Looked at',
      show: ({ check }: Check) => html`${checkWords(check)} <span class="small">${check}</span>`,
    },
    { label: 'The order', show: ({ value }: Check) => html`<bdi>${valueWords(value)}</bdi>` },
    {
      label: 'The rule',
      show: ({ limit }: Check) => html`<bdi>${limit === null ? 'any' : valueWords(limit)}</bdi>`,
    },
    { label: 'Fits', show: ({ passed }: Check) => (passed ? 'yes' : html`<strong>no</strong>`) },
  ]
  if (rules.length === 0 && because === null) return null
  return html`<details class="small"><summary>What was checked</summary>
    ${because !== null && html`<p>Reason ${because}${streakLogId === null ? '' : `, log ${streakLogId}`}</p>`}
    ${rules.map(
      ({ ruleIndex, checks }) => html`<div key=${ruleIndex}><p>Rule ${ruleIndex + 1}</p>
        <${Table} caption=${`Checks of rule ${ruleIndex + 1}`} columns=${columns} rows=${checks} keyOf=${({ check }: Check) => check} /></div>`,
    )}
  </details>`
}

import { useState } from 'preact/hooks'
import type { StreakNow as Standing, Streak } from '../../../client/schema.ts'
import { countOf } from '../../api/records.ts'
import { request } from '../../api/request.ts'
import { html } from '../../html.ts'
import { useLoad } from '../../load.ts'
import { Bars, type Point } from '../../parts/chart.ts'
import { SelectField } from '../../parts/fields.ts'
import { Shown } from '../../parts/states.ts'
import { useSession } from '../../session.ts'
import { count, dateTime, shortDay, startOfDay } from '../../words/format.ts'
import { PERIOD_WORDS } from '../../words/periods.ts'

const DAYS = 14
const HOUR_MS = 3_600_000

/** Who keeps a streak, and orders counted by day for it: one of the live ones, chosen where there are several. */
export function StreakNow({ streaks }: { readonly streaks: readonly Streak[] }) {
  const { account } = useSession()
  const [id, setId] = useState(streaks[0]!.id)
  const streak = streaks.find((each) => each.id === id) ?? streaks[0]!
  const points = useLoad(() => byDay(id, account.timezone), [id])
  const show = (data: readonly Point[]) =>
    html`<${Bars} title="Orders counted" each="Day" what="Orders" points=${data} show=${count} />`
  return html`${streaks.length > 1 && html`<${SelectField} label="Streak" value=${id} set=${setId} options=${streaks.map((each) => [each.id, each.name])} />`}
    <section aria-labelledby="now"><h2 id="now">Shoppers now</h2>
      ${streaks.length === 1 && html`<p><bdi>${streak.name}</bdi></p>`}
      <${Shoppers} key=${id} streak=${streak} /></section>
    <section aria-labelledby="orders"><h2 id="orders">Orders counted, last ${DAYS} days</h2>
      <${Shown} of=${points} what="Counting orders">${show}</${Shown}>
      <p class="small">By when they came in; days of ${account.timezone}.</p></section>`
}

function Shoppers({ streak }: { readonly streak: Streak }) {
  const { account } = useSession()
  const standing = useLoad((signal) => standingOf(streak.id, signal), [streak.id])
  const period = PERIOD_WORDS[streak.aggregationPeriod]
  const show = ({ running, done, atRisk, capped, periodEndAt }: Standing) => {
    const number = (value: number) => `${count(value)}${capped ? ' or more' : ''}`
    return html`<div class="cards">
        <p class="card"><span class="number">${number(running)}</span> with a live streak</p>
        <p class="card"><span class="number">${number(done)}</span> done for this ${period}</p>
        <p class="card"><span class="number">${number(atRisk)}</span> at risk: not done yet</p>
      </div>
      <p class="small">This ${period} ends ${dateTime(periodEndAt, account.timezone)}, ${account.timezone}.</p>`
  }
  return html`<${Shown} of=${standing} what="Counting shoppers">${show}</${Shown}>`
}

async function standingOf(streakId: string, signal: AbortSignal): Promise<Standing> {
  const path = `/schema/streak/now?${new URLSearchParams({ streakId })}`
  return (await request<{ data: Standing }>('GET', path, undefined, { signal })).data
}

/** The days that ended last, oldest first, and today so far. */
async function byDay(streakId: string, zone: string): Promise<readonly Point[]> {
  const starts = [startOfDay(Date.now(), zone)]
  while (starts.length < DAYS) starts.unshift(startOfDay(starts[0]! - HOUR_MS, zone))
  return Promise.all(
    starts.map(async (start, at) => {
      const until = starts[at + 1]
      const value = await countOf('streak_log', {
        and: [
          { fieldSlug: 'streakId', operator: 'EQUALS', value: streakId },
          {
            fieldSlug: 'createdAt',
            operator: 'GREATER_THAN_OR_EQUALS',
            value: new Date(start).toISOString(),
          },
          ...(until === undefined
            ? []
            : [{ fieldSlug: 'createdAt', operator: 'LESS_THAN', value: new Date(until).toISOString() }]),
        ],
      })
      return { label: shortDay(start, zone), value }
    }),
  )
}

import { useState } from 'preact/hooks'
import type { Streak } from '../../../client/schema.ts'
import { countOf } from '../../api/records.ts'
import { html } from '../../html.ts'
import { useLoad } from '../../load.ts'
import { Bars, type Point } from '../../parts/chart.ts'
import { SelectField } from '../../parts/fields.ts'
import { Shown } from '../../parts/states.ts'
import { useSession } from '../../session.ts'
import { count, shortDay, startOfDay } from '../../words/format.ts'

const DAYS = 14
const HOUR_MS = 3_600_000

/** Orders counted by day for a streak: one of the live ones, chosen where there are several. */
export function StreakNow({ streaks }: { readonly streaks: readonly Streak[] }) {
  const { account } = useSession()
  const [id, setId] = useState(streaks[0]!.id)
  const points = useLoad(() => byDay(id, account.timezone), [id])
  const show = (data: readonly Point[]) =>
    html`<${Bars} title="Orders counted" each="Day" what="Orders" points=${data} show=${count} />`
  return html`<section aria-labelledby="orders"><h2 id="orders">Orders counted, last ${DAYS} days</h2>
    ${streaks.length > 1 && html`<${SelectField} label="Streak" value=${id} set=${setId} options=${streaks.map((streak) => [streak.id, streak.name])} />`}
    <${Shown} of=${points} what="Counting orders">${show}</${Shown}>
    <p class="small">By when they came in; days of ${account.timezone}.</p></section>`
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

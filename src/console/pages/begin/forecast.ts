import type { Connector, Milestone, Streak } from '../../../client/schema.ts'
import { asFailure } from '../../api/failure.ts'
import { request } from '../../api/request.ts'
import { html } from '../../html.ts'
import { useLoad } from '../../load.ts'
import { Loading, Wrong } from '../../parts/states.ts'
import { count, counted, money } from '../../words/format.ts'

const DAYS = 90
const DAY_MS = 86_400_000

interface Forecast {
  readonly orders: number
  readonly members: number
  readonly rewards: readonly {
    readonly count: number
    readonly members: number
    readonly amount: { readonly value: number; readonly currency: string; readonly estimated: boolean } | null
  }[]
  readonly atRiskNow: number
  readonly complete: boolean
  readonly incomplete: readonly {
    readonly connectorId: string
    readonly code: string
    readonly message: string
  }[]
}

/** Null where this version does not forecast. @throws Failure */
async function ask(
  streak: Streak,
  milestones: readonly Milestone[],
  connectors: readonly Connector[],
): Promise<Forecast | null> {
  const {
    name,
    aggregationMethod,
    aggregationPeriod,
    aggregationTargetValue,
    completionTargetValue,
    timezone,
    weekStartsOn,
  } = streak
  try {
    const { data } = await request<{ data: Forecast }>('POST', '/schema/streak/forecast', {
      streak: {
        name,
        aggregationMethod,
        aggregationPeriod,
        aggregationTargetValue,
        completionTargetValue,
        timezone,
        weekStartsOn,
      },
      milestones: milestones.map(
        ({ name: title, milestoneTargetValue, milestoneMetric, milestoneRepeat, reward }) => ({
          name: title,
          milestoneTargetValue,
          milestoneMetric,
          milestoneRepeat,
          reward,
        }),
      ),
      rules: connectors.flatMap((connector) => rulesOf(connector, streak)),
      since: new Date(Date.now() - DAYS * DAY_MS).toISOString(),
    })
    return data
  } catch (error) {
    const { status } = asFailure(error)
    if (status === 404 || status === 405) return null
    throw error
  }
}

/** The rules by which a shop feeds the streak; where there are none yet, that by which it will. */
function rulesOf({ id, rules }: Connector, streak: Streak): readonly object[] {
  const own = rules.filter(({ streakId }) => streakId === streak.id)
  const there = own.length === 0 ? [{ streakId: streak.id, value: 'one' }] : own
  return there.map((rule) => ({ connectorId: id, ...rule }))
}

export interface ForecastProps {
  readonly streak: Streak
  readonly milestones: readonly Milestone[]
  readonly connectors: readonly Connector[]
}

/** What would have happened on the orders of the last months. */
export function ForecastCard({ streak, milestones, connectors }: ForecastProps) {
  const loaded = useLoad(() => ask(streak, milestones, connectors), [streak.id])
  if (connectors.length === 0) return null
  if (loaded.isLoading) return html`<${Loading} isSlow=${loaded.isSlow} what="Reading your past orders" />`
  if (loaded.failure !== null) return html`<${Wrong} failure=${loaded.failure} retry=${loaded.reload} />`
  const forecast = loaded.data
  if (forecast === null) return null
  return html`<section class="card"><h2>On your own orders of the last ${DAYS} days</h2>
    <${Earned} forecast=${forecast} milestones=${milestones} />
    <p>${counted(forecast.atRiskNow, 'shopper')} would be at risk of losing a streak right now.</p>
    ${!forecast.complete && html`<p class="note">Not all orders could be read. ${[...new Set(forecast.incomplete.map(({ message }) => message))].join(' ')}</p>`}
    <button type="button" onClick=${loaded.reload}>Forecast again</button>
  </section>`
}

interface EarnedProps {
  readonly forecast: Forecast
  readonly milestones: readonly Milestone[]
}

/** In one sentence, or in a list where there are several things to earn. */
function Earned({ forecast: { members, orders, rewards }, milestones }: EarnedProps) {
  const whose = `Of ${counted(members, 'shopper')} with ${counted(orders, 'order')}`
  const [only] = rewards
  if (only === undefined)
    return html`<p>${whose} nobody would have earned anything: there is no milestone yet.</p>`
  if (rewards.length === 1) return html`<p>${whose}, ${sentence(only)}</p>`
  return html`<p>${whose}:</p>
    <ul>${rewards.map((reward, at) => html`<li key=${at}>“<bdi>${milestones[at]?.name}</bdi>”: ${sentence(reward)}</li>`)}</ul>`
}

const sentence = (earned: Forecast['rewards'][number]) =>
  html`<strong>${count(earned.members)}</strong> would have earned it: ${counted(earned.count, 'coupon')}, ${aMonth(earned.count)}${cost(earned)}.`

/** `about 14 a month`: of what there is in the whole span. */
function aMonth(total: number): string {
  const each = Math.round((total * 30) / DAYS)
  return each === 0 && total > 0 ? 'less than one a month' : `about ${count(each)} a month`
}

function cost(earned: Forecast['rewards'][number]): string {
  if (earned.amount === null) return ''
  const { value, currency, estimated } = earned.amount
  return `, ${estimated ? 'about ' : ''}${money(value, currency)} off in all`
}

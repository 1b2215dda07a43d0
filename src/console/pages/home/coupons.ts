import type { RewardLog } from '../../../client/schema.ts'
import { countOf, type Filter, list } from '../../api/records.ts'
import { html } from '../../html.ts'
import { useLoad } from '../../load.ts'
import { Shown } from '../../parts/states.ts'
import { count, money } from '../../words/format.ts'

const DAY_MS = 86_400_000
const DAYS = 30
const MOST = 1000

interface Sums {
  readonly issued: number
  readonly used: number
  /** What used coupons of a fixed amount took off, by currency; `isAll`: none was left out. */
  readonly given: readonly (readonly [currency: string, amount: number])[]
  readonly percentages: number
  readonly isAll: boolean
}

/** Coupons of the last days, and what those that were used took off. */
export function Coupons() {
  const sums = useLoad(read, [])
  const show = ({ issued, used, given, percentages, isAll }: Sums) => html`<div class="cards">
      <p class="card"><span class="number">${count(issued)}</span> with a code</p>
      <p class="card"><span class="number">${count(used)}</span> of them used</p>
      ${given.map(([currency, amount]) => html`<p class="card" key=${currency}><span class="number">${money(amount, currency)}</span> ${isAll ? '' : 'or more '}taken off by used coupons of a fixed amount</p>`)}
    </div>
    ${percentages > 0 && html`<p class="small">${count(percentages)} used coupons are a percentage: what they took off stands on the orders in your shop.</p>`}`
  return html`<section aria-labelledby="coupons"><h2 id="coupons">Coupons earned in the last ${DAYS} days</h2>
    <${Shown} of=${sums} what="Counting coupons">${show}</${Shown}></section>`
}

async function read(signal: AbortSignal): Promise<Sums> {
  const since: Filter = {
    fieldSlug: 'createdAt',
    operator: 'GREATER_THAN_OR_EQUALS',
    value: new Date(Date.now() - DAYS * DAY_MS).toISOString(),
  }
  const isUsed: Filter = { and: [since, { fieldSlug: 'couponUsed', operator: 'EQUALS', value: 'yes' }] }
  const [issued, used, rows] = await Promise.all([
    countOf('reward_log', { and: [since, { fieldSlug: 'couponCode', operator: 'IS_NOT_NULL' }] }),
    countOf('reward_log', isUsed),
    list<RewardLog>('reward_log', { filters: isUsed, fields: ['id', 'reward'], limit: MOST, signal }),
  ])
  const given = new Map<string, number>()
  let percentages = 0
  for (const { reward } of rows.data) {
    if (reward === null) continue
    if ('percentage' in reward.discount) percentages += 1
    else
      given.set(reward.discount.currency, (given.get(reward.discount.currency) ?? 0) + reward.discount.amount)
  }
  return { issued, used, given: [...given], percentages, isAll: !rows.paging.hasMore }
}

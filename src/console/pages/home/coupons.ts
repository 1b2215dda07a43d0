import { useState } from 'preact/hooks'
import type { RewardLog } from '../../../client/schema.ts'
import { countOf, type Filter, list } from '../../api/records.ts'
import { lastDaysWords, overLastDays, type Spanned, sinceDays } from '../../api/span.ts'
import { html } from '../../html.ts'
import { useLoad } from '../../load.ts'
import { Shown } from '../../parts/states.ts'
import { Table } from '../../parts/table.ts'
import { count, counted, money } from '../../words/format.ts'
import type { CurrencySum, Used, UsedSums } from '../../words/used-coupons.ts'
import { sumsOf } from './used-coupons.ts'

/** Of so many it is looked up which orders they came with; beyond them it is said that it is at least so much. */
const MOST_USED = 500
const PAGE = 100

interface Counts {
  readonly issued: number
  readonly used: number
}

/** Coupons of the last days: how many, what they cost and what they brought. */
export function Coupons() {
  const counts = useLoad(() => overLastDays(read), [])
  const show = ({
    days,
    data,
  }: Spanned<Counts>) => html`<p class="small">Of coupons earned in the last ${lastDaysWords(days)}.</p>
    <div class="cards">
      <p class="card"><span class="number">${count(data.issued)}</span> issued</p>
      <p class="card"><span class="number">${count(data.used)}</span> used</p>
    </div>
    ${data.used > 0 && html`<${Worth} days=${days} used=${data.used} />`}`
  return html`<section aria-labelledby="coupons"><h2 id="coupons">Coupons</h2>
    <${Shown} of=${counts} what="Counting coupons">${show}</${Shown}></section>`
}

/** What the used ones cost and brought: their orders are looked up one by one, so it stands apart from the counts. */
function Worth({ days, used }: { readonly days: number; readonly used: number }) {
  const [looked, setLooked] = useState(0)
  const sums = useLoad(
    async (signal) => sumsOf(await readUsed(sinceDays(days), signal), signal, setLooked),
    [days, used],
  )
  const what = `Looking up orders, ${count(looked)} of ${count(Math.min(used, MOST_USED))}`
  return html`<h3>What the used ones cost and brought</h3>
    <${Shown} of=${sums} what=${what}>${(data: UsedSums) => html`<${Sums} sums=${data} used=${used} />`}</${Shown}>`
}

function Sums({ sums, used }: { readonly sums: UsedSums; readonly used: number }) {
  const { looked, unknown, byCurrency } = sums
  const least = looked < used ? 'at least ' : ''
  const columns = [
    { label: 'Currency', show: ({ currency }: CurrencySum) => currency },
    {
      label: 'They cost',
      show: ({ cost, isEstimate, currency }: CurrencySum) =>
        `${least}${isEstimate ? 'about ' : ''}${money(cost, currency)}`,
      isNumber: true,
    },
    {
      label: 'They brought',
      show: ({ brought, currency }: CurrencySum) => `${least}${money(brought, currency)}`,
      isNumber: true,
    },
  ]
  return html`${byCurrency.length > 0 && html`<${Table} caption="What used coupons cost and brought" rows=${byCurrency} columns=${columns} keyOf=${({ currency }: CurrencySum) => currency} />`}
    ${least !== '' && html`<p>The newest ${count(looked)} of them were looked up, so it is at least so much.</p>`}
    <p class="small">Cost is what they took off; of a percentage it is reckoned back from what was paid. Brought is the total of the orders they came with.${' '}
      ${unknown > 0 && `Of ${counted(unknown, 'used coupon')} the order is not known here.`}</p>`
}

const isUsed = (since: Filter): Filter => ({
  and: [since, { fieldSlug: 'couponUsed', operator: 'EQUALS', value: 'yes' }],
})

async function read(since: Filter): Promise<Counts> {
  const [issued, used] = await Promise.all([
    countOf('reward_log', { and: [since, { fieldSlug: 'couponCode', operator: 'IS_NOT_NULL' }] }),
    countOf('reward_log', isUsed(since)),
  ])
  return { issued, used }
}

/** The newest of them. @throws Failure */
async function readUsed(since: Filter, signal: AbortSignal): Promise<readonly Used[]> {
  const rows: Used[] = []
  let hasMore = true
  while (hasMore && rows.length < MOST_USED) {
    const page = await list<RewardLog>('reward_log', {
      filters: isUsed(since),
      fields: ['id', 'reward', 'redeemedOrderId'],
      offset: rows.length,
      limit: PAGE,
      signal,
    })
    rows.push(...page.data)
    hasMore = page.paging.hasMore && page.data.length > 0
  }
  return rows
}

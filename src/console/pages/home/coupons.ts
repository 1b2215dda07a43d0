import type { RewardLog } from '../../../client/schema.ts'
import { countOf, type Filter, list } from '../../api/records.ts'
import { lastDaysWords, overLastDays, type Spanned } from '../../api/span.ts'
import { html } from '../../html.ts'
import { useLoad } from '../../load.ts'
import { Shown } from '../../parts/states.ts'
import { Table } from '../../parts/table.ts'
import { count, counted, money } from '../../words/format.ts'
import type { CurrencySum, UsedSums } from '../../words/used-coupons.ts'
import { sumsOf } from './used-coupons.ts'

/** Of so many that were used last it is looked up which orders they came with. */
const MOST_USED = 50

interface Sums extends UsedSums {
  readonly issued: number
  readonly used: number
}

/** Coupons of the last days: how many, what they cost and what they brought. */
export function Coupons() {
  const sums = useLoad((signal) => overLastDays((since) => read(since, signal)), [])
  const show = ({
    days,
    data,
  }: Spanned<Sums>) => html`<p class="small">Of coupons earned in the last ${lastDaysWords(days)}.</p>
    <div class="cards">
      <p class="card"><span class="number">${count(data.issued)}</span> issued</p>
      <p class="card"><span class="number">${count(data.used)}</span> used</p>
    </div>
    ${data.used > 0 && html`<${Worth} sums=${data} />`}`
  return html`<section aria-labelledby="coupons"><h2 id="coupons">Coupons</h2>
    <${Shown} of=${sums} what="Counting coupons">${show}</${Shown}></section>`
}

function Worth({ sums }: { readonly sums: Sums }) {
  const columns = [
    { label: 'Currency', show: ({ currency }: CurrencySum) => currency },
    {
      label: 'They cost',
      show: ({ cost, isEstimate, currency }: CurrencySum) =>
        `${isEstimate ? 'about ' : ''}${money(cost, currency)}`,
      isNumber: true,
    },
    {
      label: 'They brought',
      show: ({ brought, currency }: CurrencySum) => money(brought, currency),
      isNumber: true,
    },
  ]
  const { looked, used, unknown, byCurrency } = sums
  return html`<h3>What ${looked < used ? `the last ${count(looked)} used ones` : 'the used ones'} cost and brought</h3>
    ${byCurrency.length > 0 && html`<${Table} caption="What used coupons cost and brought" rows=${byCurrency} columns=${columns} keyOf=${({ currency }: CurrencySum) => currency} />`}
    <p class="small">Cost is what they took off; of a percentage it is reckoned back from what was paid. Brought is the total of the orders they came with.${' '}
      ${unknown > 0 && `Of ${counted(unknown, 'used coupon')} the order is not known here.`}</p>`
}

async function read(since: Filter, signal: AbortSignal): Promise<Sums> {
  const isUsed: Filter = { and: [since, { fieldSlug: 'couponUsed', operator: 'EQUALS', value: 'yes' }] }
  const [issued, used, rows] = await Promise.all([
    countOf('reward_log', { and: [since, { fieldSlug: 'couponCode', operator: 'IS_NOT_NULL' }] }),
    countOf('reward_log', isUsed),
    list<RewardLog>('reward_log', {
      filters: isUsed,
      fields: ['id', 'reward', 'redeemedOrderId'],
      limit: MOST_USED,
      signal,
    }),
  ])
  return { issued, used, ...(await sumsOf(rows.data, signal)) }
}

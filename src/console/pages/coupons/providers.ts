import { useState } from 'preact/hooks'
import type { CouponProvider } from '../../../client/schema.ts'
import { act } from '../../api/records.ts'
import { html } from '../../html.ts'
import { DoButton } from '../../parts/confirm.ts'
import { Badge, Empty } from '../../parts/states.ts'
import { ListTable } from '../../parts/table.ts'
import { Title } from '../../parts/title.ts'
import { Link } from '../../router.ts'
import { mayChange, useSession } from '../../session.ts'
import { counted, dateTime } from '../../words/format.ts'
import { KINDS } from './provider-kinds.ts'

/** Where coupons come from, and how each of them fares. */
export function ProvidersPage() {
  const { user } = useSession()
  const [turn, setTurn] = useState(0)
  const resume = (row: CouponProvider) => async () => {
    await act('coupon_provider', row.id, 'resume')
    setTurn((count) => count + 1)
  }
  const columns = [
    {
      label: 'Provider',
      show: (row: CouponProvider) =>
        html`<${Link} to=${`/coupons/providers/${row.id}`}><bdi>${row.name}</bdi></${Link}>`,
    },
    { label: 'Kind', show: (row: CouponProvider) => KINDS[row.provider] },
    { label: 'Health', show: (row: CouponProvider) => html`<${Health} provider=${row} />` },
    ...(mayChange(user)
      ? [
          {
            label: 'What to do',
            show: (row: CouponProvider) =>
              row.health.state === 'paused'
                ? html`<${DoButton} act=${resume(row)} said="It is asked again.">Ask it again</${DoButton}>`
                : '',
          },
        ]
      : []),
  ]
  const none = html`<${Empty} title="Coupons come from nowhere yet">${mayChange(user) && html`<p>Choose where they come from when you make <${Link} to="/begin/streak">a streak</${Link}>, or add a provider.</p>`}</${Empty}>`
  return html`<p><${Link} to="/coupons">All coupons</${Link}></p><${Title}>Where coupons come from</${Title}>
    ${mayChange(user) && html`<div class="actions"><${Link} to="/coupons/providers/new" class="button">Add a provider</${Link}></div>`}
    <${ListTable} slug="coupon_provider" caption="Coupon providers" columns=${columns} keyOf=${(row: CouponProvider) => row.id} turn=${turn} empty=${none} />`
}

/** Whether a provider answers, what went wrong last, and how much waits for it. */
export function Health({ provider }: { readonly provider: CouponProvider }) {
  const { account } = useSession()
  const { state, since, lastError, waiting, oldestWaitingAt } = provider.health
  const at = (instant: string) => dateTime(instant, account.timezone)
  return html`${
    state === 'ok'
      ? html`<${Badge} tone="good">answers</${Badge}>`
      : html`<${Badge} tone="bad">paused since ${at(since)}</${Badge}>`
  }
    ${waiting > 0 && html` ${counted(waiting, 'coupon')} waiting${oldestWaitingAt === null ? '' : `, the oldest since ${at(oldestWaitingAt)}`}.`}
    ${lastError !== null && html` <span class="small">Last trouble ${at(lastError.at)}: <bdi>${lastError.message}</bdi> (${lastError.code})</span>`}`
}

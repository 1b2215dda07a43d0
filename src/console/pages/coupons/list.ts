import { useMemo, useState } from 'preact/hooks'
import type { RewardLog } from '../../../client/schema.ts'
import type { Filter } from '../../api/records.ts'
import { html } from '../../html.ts'
import { SelectField } from '../../parts/fields.ts'
import { Badge, Empty } from '../../parts/states.ts'
import { ListTable } from '../../parts/table.ts'
import { Title } from '../../parts/title.ts'
import { Link, usePlace } from '../../router.ts'
import { useSession } from '../../session.ts'
import { dateTime } from '../../words/format.ts'
import { discountWords, reasonParts, rewardWords } from '../../words/rewards.ts'

interface State {
  readonly name: string
  readonly label: string
  readonly conditions: readonly {
    readonly fieldSlug: string
    readonly operator: string
    readonly value?: unknown
  }[]
}

const status = (...value: readonly RewardLog['fulfilmentStatus'][]) => ({
  fieldSlug: 'fulfilmentStatus',
  operator: 'IN',
  value,
})

const STATES: readonly State[] = [
  { name: 'all', label: 'All', conditions: [] },
  { name: 'pending', label: 'To be issued', conditions: [status('pending')] },
  { name: 'held', label: 'Held', conditions: [status('held')] },
  { name: 'issuing', label: 'Being issued', conditions: [status('issuing')] },
  { name: 'issued', label: 'Issued', conditions: [status('issued')] },
  {
    name: 'used',
    label: 'Used',
    conditions: [{ fieldSlug: 'couponUsed', operator: 'EQUALS', value: 'yes' }],
  },
  { name: 'failed', label: 'Could not be issued', conditions: [status('failed')] },
  { name: 'revoked', label: 'Taken back', conditions: [status('revoking', 'revoked')] },
]
/** How far a list of one state looks back: nobody reads a hundred thousand coupons for the one that failed. */
const SPANS = [
  ['30', '30 days'],
  ['90', '90 days'],
  ['365', 'year'],
  ['3650', 'ten years'],
] as const
const DAY_MS = 86_400_000

/** Every coupon that was earned, by how it stands. */
export function CouponsPage() {
  const { account } = useSession()
  const { query } = usePlace()
  const state = STATES.find(({ name }) => name === query.get('state')) ?? STATES[0]!
  const [days, setDays] = useState('90')
  const since = useMemo(() => new Date(Date.now() - Number(days) * DAY_MS).toISOString(), [days])
  const filters: Filter | undefined =
    state.conditions.length === 0
      ? undefined
      : { and: [{ fieldSlug: 'createdAt', operator: 'GREATER_THAN', value: since }, ...state.conditions] }
  const columns = [
    { label: 'Coupon', show: nameLink },
    { label: 'Worth', show: (row: RewardLog) => discountWords(row.reward) },
    { label: 'State', show: stateOf },
    { label: 'Code', show: (row: RewardLog) => html`<bdi>${row.couponCode ?? ''}</bdi>` },
    { label: 'Earned', show: (row: RewardLog) => dateTime(row.createdAt, account.timezone) },
  ]
  const none = html`<${Empty} title=${state.name === 'all' ? 'No coupon was earned yet' : 'No coupon stands so'} />`
  return html`<${Title}>Coupons</${Title}>
    <p><${Link} to="/coupons/providers">Where coupons come from, and codes of your own</${Link}></p>
    <nav class="tabs" aria-label="Coupons by state">
      ${STATES.map(({ name, label }) => html`<${Link} key=${name} to=${name === 'all' ? '/coupons' : `/coupons?state=${name}`} isCurrent=${name === state.name}>${label}</${Link}>`)}
    </nav>
    ${state.name !== 'all' && html`<${SelectField} label="Earned in the last" value=${days} set=${setDays} options=${SPANS} />`}
    <p class="small">Times in ${account.timezone}.</p>
    <${ListTable} slug="reward_log" caption=${`Coupons: ${state.label}`} columns=${columns} keyOf=${(row: RewardLog) => row.id} filters=${filters} empty=${none} />`
}

function nameLink({ id, milestone }: RewardLog) {
  return html`<${Link} to=${`/coupons/coupon/${id}`}><bdi>${milestone?.name ?? 'a milestone that is gone'}</bdi></${Link}>`
}

function stateOf(reward: RewardLog) {
  const [words, tone] = rewardWords(reward)
  return html`<${Badge} tone=${tone}>${words}</${Badge}>${' '}
    ${reward.failureReason !== null && html`<span class="small">${reasonParts(reward.failureReason).words}</span>`}`
}

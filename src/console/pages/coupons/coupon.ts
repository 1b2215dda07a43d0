import { useState } from 'preact/hooks'
import type { CouponProvider, Member, RewardLog, Streak } from '../../../client/schema.ts'
import { asFailure, type Failure } from '../../api/failure.ts'
import { act, list, read } from '../../api/records.ts'
import { html } from '../../html.ts'
import { useLoad } from '../../load.ts'
import type { PageProps } from '../../pages.ts'
import { announce } from '../../parts/announce.ts'
import { AskedButton, DoButton } from '../../parts/confirm.ts'
import { usePoll } from '../../parts/poll.ts'
import { Badge, Shown, Wrong } from '../../parts/states.ts'
import { Title } from '../../parts/title.ts'
import { Link } from '../../router.ts'
import { mayChange, useSession } from '../../session.ts'
import { dateTime } from '../../words/format.ts'
import { periodWords } from '../../words/periods.ts'
import { personWords } from '../../words/person.ts'
import { discountWords, reasonParts, rewardWords, waitWords } from '../../words/rewards.ts'
import { orderPage } from '../orders/places.ts'
import { GiveCode } from './give-code.ts'

interface Given {
  readonly reward: RewardLog
  readonly streak: Streak
  /** Null once they were erased. */
  readonly member: Member | null
  readonly provider: CouponProvider | null
}

async function readAll(id: string, signal: AbortSignal): Promise<Given> {
  const reward = await read<RewardLog>('reward_log', id)
  const [streak, member, providers] = await Promise.all([
    read<Streak>('streak', reward.linkedSchemaRecordId),
    read<Member>('account_user', reward.ownedById).catch((error: unknown) => {
      if (asFailure(error).status === 404) return null
      throw error
    }),
    list<CouponProvider>('coupon_provider', { limit: 100, signal }),
  ])
  const provider = providers.data.find((each) => each.id === reward.reward?.providerId) ?? null
  return { reward, streak, member, provider }
}

const POLL_MS = 5_000

/** Whether it goes on by itself: what somebody decides about in a dialog waits for them. */
const isUnderWay = ({ reward, fulfilmentStatus }: RewardLog): boolean =>
  reward !== null &&
  ['pending', 'held', 'issuing', 'revoking'].includes(fulfilmentStatus) &&
  document.querySelector('dialog[open]') === null

/** One coupon: who earned it by what, how it stands, and what can be done about it. */
export function CouponPage({ params }: PageProps) {
  const given = useLoad((signal) => readAll(params.id ?? '', signal), [params.id])
  usePoll(async () => {
    if (given.data !== null && isUnderWay(given.data.reward)) given.reload()
  }, POLL_MS)
  return html`<p><${Link} to="/coupons">All coupons</${Link}></p>
    <${Title}>Coupon</${Title}>
    <${Shown} of=${given} what="The coupon">${(data: Given) => html`<${Told} given=${data} again=${given.reload} />`}</${Shown}>`
}

interface ToldProps {
  readonly given: Given
  readonly again: () => void
}

function Told({ given, again }: ToldProps) {
  const { reward, streak, member, provider } = given
  const { user } = useSession()
  const [words, tone] = rewardWords(reward)
  const { account } = useSession()
  const failure = reward.failureReason === null ? null : reasonParts(reward.failureReason)
  const waits = waitWords(reward, (instant) => dateTime(instant, account.timezone))
  const person =
    member === null
      ? 'a shopper who was erased'
      : html`<${Link} to=${`/shoppers/${member.id}`}><bdi>${personWords(member)}</bdi></${Link}>`
  return html`<p><${Badge} tone=${tone}>${words}</${Badge}></p>
    <p>${person} earned ${reward.reward === null ? 'a coupon, given by you,' : discountWords(reward.reward)} by “<bdi>${reward.milestone?.name ?? 'a milestone that is gone'}</bdi>” on
      ${' '}<${Link} to=${`/streaks/${streak.id}`}><bdi>${streak.name}</bdi></${Link}>, ${periodWords(reward.periodKey, streak.aggregationPeriod)}.</p>
    ${waits !== null && html`<p dir="auto">${waits} <span class="small">${reward.waitsFor?.code}</span></p>`}
    ${failure !== null && html`<p>${failure.words} ${failure.code !== null && html`<span class="small">${failure.code}</span>`}</p>`}
    <${Facts} reward=${reward} provider=${provider} />
    ${mayChange(user) && html`<${Actions} reward=${reward} again=${again} />`}`
}

function Facts({
  reward,
  provider,
}: {
  readonly reward: RewardLog
  readonly provider: CouponProvider | null
}) {
  const { account } = useSession()
  const at = (instant: string | null) =>
    instant === null ? null : `${dateTime(instant, account.timezone)} (${account.timezone})`
  const facts: readonly (readonly [string, unknown])[] = [
    ['Code', reward.couponCode],
    ['From', provider?.name ?? (reward.reward === null ? 'you' : null)],
    ['Earned', at(reward.createdAt)],
    ['Held until', reward.fulfilmentStatus === 'held' ? at(reward.fulfilAfter) : null],
    ['Issued', at(reward.rewardIssuedAt)],
    ['Good until', at(reward.rewardExpiryAt)],
    ['Used', at(reward.redeemedAt)],
  ]
  return html`<dl class="facts">${facts.map(([name, value]) => value !== null && html`<dt key=${name}>${name}</dt><dd><bdi>${value}</bdi></dd>`)}
    ${reward.redeemedOrderId !== null && html`<dt>In the order</dt><dd><${Link} to=${orderPage({ orderId: reward.redeemedOrderId })}><bdi>${reward.redeemedOrderId}</bdi></${Link}></dd>`}</dl>`
}

/** What the state of the coupon allows; what the server would refuse is not offered. */
function Actions({ reward, again }: { readonly reward: RewardLog; readonly again: () => void }) {
  const { id, fulfilmentStatus } = reward
  const [refused, setRefused] = useState<Failure | null>(null)
  const isOurs = reward.reward !== null
  /** What the server refuses is said, and stays when the page shows how the coupon stands by now. */
  const tried = async (action: string, body: object, said: string) => {
    setRefused(null)
    try {
      await act('reward_log', id, action, body)
      announce(said)
    } catch (error) {
      const failure = asFailure(error)
      if (failure.status !== 409) throw error
      setRefused(failure)
    }
    again()
  }
  const retry = () => tried('replay', {}, 'It is tried again.')
  const abandon = (reason: string) => tried('abandon', { reason }, 'It was given up.')
  const canAbandon = isOurs && ['pending', 'held', 'issuing'].includes(fulfilmentStatus)
  const canGive =
    fulfilmentStatus === 'failed' || (!isOurs && ['pending', 'issued'].includes(fulfilmentStatus))
  return html`${refused !== null && html`<${Wrong} failure=${refused} />`}
    <div class="actions">
      ${isOurs && fulfilmentStatus === 'failed' && html`<${DoButton} act=${retry}>Try again</${DoButton}>`}
      ${
        canAbandon &&
        html`<${AskedButton} label="Give up" title="Stop issuing this coupon" asks="Why?" isDanger=${true} act=${abandon}>
          <p>Its provider is not asked any more. You can enter a code of your own then, or try again.</p></${AskedButton}>`
      }
    </div>
    ${canGive && html`<${GiveCode} reward=${reward} again=${again} />`}`
}

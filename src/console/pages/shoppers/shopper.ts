import { useState } from 'preact/hooks'
import type { Member, MemberStreak, RewardLog, Streak, StreakLog } from '../../../client/schema.ts'
import { list, read, remove } from '../../api/records.ts'
import { html } from '../../html.ts'
import { useLoad } from '../../load.ts'
import type { PageProps } from '../../pages.ts'
import { AskedButton } from '../../parts/confirm.ts'
import { Download } from '../../parts/download.ts'
import { Badge, Empty, Shown } from '../../parts/states.ts'
import { ListTable } from '../../parts/table.ts'
import { Title } from '../../parts/title.ts'
import { Link, navigate } from '../../router.ts'
import { mayChange, useSession } from '../../session.ts'
import { dateTime } from '../../words/format.ts'
import { isTyped, personWords } from '../../words/person.ts'
import { discountWords, rewardWords } from '../../words/rewards.ts'
import { orderPage } from '../orders/places.ts'
import { EnterLog } from './enter-log.ts'
import { StreakOfShopper } from './streak-of-shopper.ts'

interface Given {
  readonly member: Member
  readonly standings: readonly MemberStreak[]
  readonly streaks: readonly Streak[]
}

async function readAll(id: string, signal: AbortSignal): Promise<Given> {
  const own = { fieldSlug: 'ownedById', operator: 'EQUALS', value: id }
  const [member, standings, streaks] = await Promise.all([
    read<Member>('account_user', id),
    list<MemberStreak>('member_streak', { filters: own, limit: 100, signal }),
    list<Streak>('streak', { limit: 1_000, signal }),
  ])
  return { member, standings: standings.data, streaks: streaks.data }
}

/** One shopper: their streaks as calendars, their coupons and orders, and what the law lets them ask for. */
export function ShopperPage({ params }: PageProps) {
  const [turn, setTurn] = useState(0)
  const given = useLoad((signal) => readAll(params.id ?? '', signal), [params.id, turn])
  const again = () => setTurn(turn + 1)
  return html`<p><${Link} to="/shoppers">All shoppers</${Link}></p>
    <${Title}>${given.data === null ? 'Shopper' : html`<bdi>${personWords(given.data.member)}</bdi>`}</${Title}>
    <${Shown} of=${given} what="The shopper">${(data: Given) => html`<${Person} given=${data} turn=${turn} again=${again} />`}</${Shown}>`
}

interface PersonProps {
  readonly given: Given
  /** Counts up whenever something was done here. */
  readonly turn: number
  readonly again: () => void
}

function Person({ given, turn, again }: PersonProps) {
  const { member, standings, streaks } = given
  const { user, account } = useSession()
  const facts: readonly (readonly [string, string | null])[] = [
    ['E-mail', member.email],
    ['Telephone', member.phoneNumber],
    ['Number', member.externalId],
    ['Known since', `${dateTime(member.createdAt, account.timezone)} (${account.timezone})`],
  ]
  return html`<dl class="facts">${facts.map(([name, value]) => value !== null && html`<dt key=${name}>${name}</dt><dd><bdi>${value}</bdi></dd>`)}</dl>
    ${standings.length === 0 && html`<${Empty} title="No streak has begun yet"><p>It begins with the first order that counts.</p></${Empty}>`}
    ${standings.map((standing) => {
      const streak = streaks.find(({ id }) => id === standing.streakId)
      return (
        streak !== undefined &&
        html`<${StreakOfShopper} key=${standing.id} standing=${standing} streak=${streak} />`
      )
    })}
    <h2>Coupons</h2>
    <${Coupons} memberId=${member.id} turn=${turn} />
    <h2>What counted</h2>
    <${Logs} memberId=${member.id} streaks=${streaks} turn=${turn} />
    ${mayChange(user) && html`<${EnterLog} member=${member} streaks=${streaks.filter(({ status }) => status === 'live')} again=${again} />`}
    <${Rights} member=${member} />`
}

function Coupons({ memberId, turn }: { readonly memberId: string; readonly turn: number }) {
  const { account } = useSession()
  const columns = [
    {
      label: 'Coupon',
      show: (row: RewardLog) =>
        html`<${Link} to=${`/coupons/coupon/${row.id}`}><bdi>${row.milestone?.name ?? 'a milestone that is gone'}</bdi></${Link}>`,
    },
    { label: 'Worth', show: (row: RewardLog) => discountWords(row.reward) },
    { label: 'State', show: (row: RewardLog) => badge(row) },
    { label: 'Earned', show: (row: RewardLog) => dateTime(row.createdAt, account.timezone) },
  ]
  return html`<${ListTable} slug="reward_log" caption="Coupons of this shopper" columns=${columns} keyOf=${(row: RewardLog) => row.id}
    filters=${{ fieldSlug: 'ownedById', operator: 'EQUALS', value: memberId }} turn=${turn}
    empty=${html`<${Empty} title="No coupon was earned yet" />`} />`
}

function badge(reward: RewardLog) {
  const [words, tone] = rewardWords(reward)
  return html`<${Badge} tone=${tone}>${words}</${Badge}>`
}

interface LogsProps {
  readonly memberId: string
  readonly streaks: readonly Streak[]
  readonly turn: number
}

function Logs({ memberId, streaks, turn }: LogsProps) {
  const { account } = useSession()
  const nameOf = (id: string) => streaks.find((each) => each.id === id)?.name ?? ''
  const columns = [
    {
      label: 'Order',
      show: (row: StreakLog) =>
        html`<${Link} to=${orderPage({ orderId: row.uniqueIdentifier })}><bdi>${row.uniqueIdentifier}</bdi></${Link}>`,
    },
    { label: 'On', show: (row: StreakLog) => html`<bdi>${nameOf(row.streakId)}</bdi>` },
    { label: 'When', show: (row: StreakLog) => dateTime(row.activityAt, account.timezone) },
  ]
  return html`<${ListTable} slug="streak_log" caption="What counted" columns=${columns} keyOf=${(row: StreakLog) => row.id}
    filters=${{ fieldSlug: 'ownedById', operator: 'EQUALS', value: memberId }} turn=${turn}
    empty=${html`<${Empty} title="Nothing counted yet" />`} />`
}

/** What shoppers may ask for by law: everything that is kept about them, and that it is removed. */
function Rights({ member }: { readonly member: Member }) {
  const { user } = useSession()
  const name = personWords(member)
  const erase = async () => {
    await remove('account_user', member.id)
    navigate('/shoppers', { replaces: true })
  }
  return html`<h2>If they ask for their data</h2>
    <div class="actions">
      <${Download} class="button" path=${`/schema/account_user/record/${member.id}/export`} name=${`shopper-${member.id}.json`}>Download everything kept</${Download}>
      ${
        mayChange(user) &&
        html`<${AskedButton} label="Erase" title="Erase this shopper" mustBe=${{ name, fits: (typed: string) => isTyped(typed, name) }} isDanger=${true} act=${erase} said="The shopper was erased.">
          <p>Name, addresses and number are removed for good, and what shops told of them. Their orders stay counted without a name; coupons that were not issued are taken back. This cannot be undone.</p></${AskedButton}>`
      }
    </div>`
}

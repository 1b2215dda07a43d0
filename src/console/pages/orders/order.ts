import type { Connector, Delivery, Member, OrderExplained } from '../../../client/schema.ts'
import { list, read } from '../../api/records.ts'
import { request } from '../../api/request.ts'
import { html } from '../../html.ts'
import { useLoad } from '../../load.ts'
import { usePoll } from '../../parts/poll.ts'
import { Empty, Shown } from '../../parts/states.ts'
import { Title } from '../../parts/title.ts'
import { Link, usePlace } from '../../router.ts'
import { useSession } from '../../session.ts'
import { counted, dateTime, money } from '../../words/format.ts'
import { personWords } from '../../words/person.ts'
import { Deliveries } from './deliveries.ts'
import { orderPage } from './places.ts'
import { StreakCard } from './streak-card.ts'

const POLL_MS = 5_000
/** Of an order that was told of more often the newest are shown. */
const MOST_DELIVERIES = 20
/** Rules may take one purchase for different people: by the customer, by the address. */
const MOST_BUYERS = 20

interface Journey {
  readonly told: OrderExplained
  readonly deliveries: readonly Delivery[]
  readonly connector: Connector | null
  /** Whom it counts for, or would, as far as they are members. */
  readonly buyers: readonly Member[]
}

async function readJourney(query: URLSearchParams, signal: AbortSignal): Promise<Journey> {
  const { data: told } = await request<{ data: OrderExplained }>(
    'GET',
    `/schema/delivery/explain?${query}`,
    undefined,
    { signal },
  )
  const [deliveries, connector, buyers] = await Promise.all([
    Promise.all(told.deliveries.slice(0, MOST_DELIVERIES).map((id) => read<Delivery>('delivery', id))),
    told.order === null
      ? null
      : list<Connector>('connector', {
          filters: { fieldSlug: 'id', operator: 'EQUALS', value: told.order.connectorId },
          signal,
        }).then(({ data }) => data[0] ?? null),
    buyersOf(told.order?.externalIds ?? [], signal),
  ])
  return { told, deliveries, connector, buyers }
}

async function buyersOf(externalIds: readonly string[], signal: AbortSignal): Promise<readonly Member[]> {
  if (externalIds.length === 0) return []
  const filters = { fieldSlug: 'externalId', operator: 'IN', value: externalIds.slice(0, MOST_BUYERS) }
  return (await list<Member>('account_user', { filters, limit: MOST_BUYERS, signal })).data
}

function asked(query: URLSearchParams): URLSearchParams {
  const names = query.has('orderId') ? ['orderId', 'connectorId'] : ['orderName', 'connectorId']
  return new URLSearchParams(
    names.flatMap((name) => (query.has(name) ? [[name, query.get(name) ?? '']] : [])),
  )
}

/** The journey of one order: how it stands on each streak and why, and what was told of it. */
export function OrderPage() {
  const { query } = usePlace()
  const wanted = asked(query)
  const journey = useLoad((signal) => readJourney(wanted, signal), [String(wanted)])
  usePoll(async () => journey.reload(), POLL_MS)
  const name = journey.data?.told.order?.orderName ?? wanted.get('orderName') ?? wanted.get('orderId') ?? ''
  return html`<p><${Link} to="/orders">All orders</${Link}></p>
    <${Title}>Order <bdi>${name}</bdi></${Title}>
    <${Shown} of=${journey} what="The order">${(data: Journey) => html`<${Told} journey=${data} again=${journey.reload} />`}</${Shown}>`
}

function Told({ journey, again }: { readonly journey: Journey; readonly again: () => void }) {
  const { told, deliveries, connector, buyers } = journey
  if (told.order === null) {
    return html`<${Empty} title="No shop has told of this order"><p>${told.message}</p>
      <p>See <${Link} to="/connectors">your shops</${Link}>.</p></${Empty}>`
  }
  return html`<${Head} told=${told} connector=${connector} buyers=${buyers} />
    ${told.streaks.length === 0 && html`<${Empty} title="No streak looks at orders yet"><p><${Link} to="/streaks">Your streaks</${Link}></p></${Empty}>`}
    ${told.streaks.map((streak) => html`<${StreakCard} key=${streak.streakId} streak=${streak} again=${again} />`)}
    <${Deliveries} deliveries=${deliveries} total=${told.deliveries.length} streaks=${told.streaks} again=${again} />
    ${(told.others ?? []).length > 0 && html`<${Others} others=${told.others} />`}`
}

function Head({ told, connector, buyers }: Pick<Journey, 'told' | 'connector' | 'buyers'>) {
  const { account } = useSession()
  const { order } = told
  if (order === null) return null
  const amount =
    order.total === null
      ? ''
      : `, ${order.currency === null ? order.total : money(order.total, order.currency)}`
  const when =
    order.activityAt === null
      ? ''
      : `, placed ${dateTime(order.activityAt, account.timezone)} (${account.timezone})`
  return html`<p>From <span dir="auto">${connector?.name ?? 'a shop that is gone'}</span>${amount}${when}.</p>
    <p class="small">Number ${order.orderId} at the platform.
      ${order.externalIds.map((id) => html` Bought by <${Buyer} key=${id} id=${id} member=${buyers.find(({ externalId }) => externalId === id)} />.`)}</p>`
}

/** Somebody of whom no order has counted is no shopper yet, and has nothing but a number or an address. */
function Buyer({ id, member }: { readonly id: string; readonly member: Member | undefined }) {
  if (member === undefined) {
    return html`<${Link} to=${`/orders?q=${encodeURIComponent(id)}`}><bdi>${id}</bdi></${Link}>`
  }
  return html`<${Link} to=${`/shoppers/${member.id}`}><bdi>${personWords(member)}</bdi></${Link}> (<bdi>${id}</bdi>)`
}

function Others({ others }: { readonly others: NonNullable<OrderExplained['others']> }) {
  return html`<h2>${counted(others.length, 'other order')} of this name</h2>
    <ul>${others.map(
      ({ orderId, orderName, connectorId }) =>
        html`<li key=${orderId}><${Link} to=${orderPage({ orderId, connectorId })}><bdi>${orderName ?? orderId}</bdi></${Link}> <span class="small">number ${orderId}</span></li>`,
    )}</ul>`
}

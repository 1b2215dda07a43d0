import { useState } from 'preact/hooks'
import type { Connector, Delivery, OrdersFound } from '../../../client/schema.ts'
import { list, search } from '../../api/records.ts'
import { html } from '../../html.ts'
import { useLoad } from '../../load.ts'
import { usePoll } from '../../parts/poll.ts'
import { FoundCount, SearchBox } from '../../parts/search.ts'
import { Badge, Empty, Shown } from '../../parts/states.ts'
import { ListTable, Table, type TableProps } from '../../parts/table.ts'
import { Title } from '../../parts/title.ts'
import { Link, usePlace } from '../../router.ts'
import { useSession } from '../../session.ts'
import { dateTime } from '../../words/format.ts'
import { outcomeWords, topicWords } from '../../words/journey.ts'
import { orderPage } from './places.ts'

const POLL_MS = 5_000

/** What shops told of their orders, the newest first, and the way to a single one. */
export function OrdersPage() {
  const { account } = useSession()
  const { query } = usePlace()
  const sought = query.get('q') ?? ''
  const connectors = useLoad((signal) => list<Connector>('connector', { limit: 100, signal }), [])
  const turn = useNews()
  const nameOf = (id: string) => connectors.data?.data.find((each) => each.id === id)?.name ?? ''
  const table = {
    caption: 'What shops told of orders',
    keyOf: (row: Delivery) => row.id,
    columns: [
      { label: 'Order', show: orderLink },
      { label: 'What the shop told', show: (row: Delivery) => topicWords(row.topic) },
      { label: 'What became of it', show: outcomeBadge },
      { label: 'Shop', show: (row: Delivery) => html`<span dir="auto">${nameOf(row.connectorId)}</span>` },
      { label: 'Arrived', show: (row: Delivery) => dateTime(row.receivedAt, account.timezone) },
    ],
  }
  const none = html`<${Empty} title="No order has arrived yet"><p>Once a shop is <${Link} to="/connectors">connected</${Link}>, every paid order appears here within seconds.</p></${Empty}>`
  return html`<${Title}>Orders</${Title}>
    <${SearchBox} name="Find orders" label="Number of the order, or e-mail, name or number of the customer" page="/orders" sought=${sought} />
    <h2>${sought === '' ? 'What your shops told, the newest first' : `Found for ${sought}`}</h2>
    <p class="small">New ones appear by themselves. Times in ${account.timezone}.</p>
    ${
      sought === ''
        ? html`<${ListTable} slug="delivery" ...${table} turn=${turn} empty=${none} />`
        : html`<${Found} key=${sought} sought=${sought} turn=${turn} table=${table} />`
    }`
}

interface FoundProps {
  readonly sought: string
  readonly turn: number
  readonly table: Omit<TableProps<Delivery>, 'rows'>
}

/** By whatever is known of the order or of who bought. */
function Found({ sought, turn, table }: FoundProps) {
  const found = useLoad((signal) => search<OrdersFound>('delivery', sought, signal), [sought, turn])
  const show = ({ deliveries, hasMore }: OrdersFound) => html`
    <${FoundCount} count=${deliveries.length} hasMore=${hasMore} noun="webhook" />
    ${
      deliveries.length === 0
        ? html`<${Empty} title=${`Nothing was told of an order or a customer called ${sought}`}>
          <p>Type an order’s number or name, or a customer’s whole e-mail address, number, or the beginning of the name. By name customers are found who have an order that counted.</p>
          <p><${Link} to=${orderPage({ orderName: sought })}>It is an order: find out why it is not here</${Link}></p></${Empty}>`
        : html`<${Table} ...${table} rows=${deliveries} />`
    }`
  return html`<${Shown} of=${found} what="Orders">${show}</${Shown}>`
}

function orderLink({ orderId, orderName, connectorId }: Delivery) {
  if (orderId === null) return html`<span class="small">none</span>`
  return html`<${Link} to=${orderPage({ orderId, connectorId })}><bdi>${orderName ?? orderId}</bdi></${Link}>`
}

function outcomeBadge(delivery: Delivery) {
  const [words, tone] = outcomeWords(delivery)
  return html`<${Badge} tone=${tone}>${words}</${Badge}>`
}

/** Counts up whenever something newer has arrived. */
function useNews(): number {
  const [seen, setSeen] = useState<{ id: string | null; turn: number }>({ id: null, turn: 0 })
  usePoll(async () => {
    const { data } = await list<Delivery>('delivery', { limit: 1, fields: ['id', 'updatedAt'] })
    const newest = data[0] === undefined ? '' : `${data[0].id} ${data[0].updatedAt}`
    setSeen((before) => (before.id === newest ? before : { id: newest, turn: before.turn + 1 }))
  }, POLL_MS)
  return seen.turn
}

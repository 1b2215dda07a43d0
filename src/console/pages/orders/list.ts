import { useState } from 'preact/hooks'
import type { Connector, Delivery } from '../../../client/schema.ts'
import { list } from '../../api/records.ts'
import { html } from '../../html.ts'
import { useLoad } from '../../load.ts'
import { Form, SelectField, TextField } from '../../parts/fields.ts'
import { usePoll } from '../../parts/poll.ts'
import { Badge, Empty, Shown } from '../../parts/states.ts'
import { ListTable, Table, type TableProps } from '../../parts/table.ts'
import { Title } from '../../parts/title.ts'
import { Link, navigate, usePlace } from '../../router.ts'
import { useSession } from '../../session.ts'
import { dateTime } from '../../words/format.ts'
import { outcomeWords, topicWords } from '../../words/journey.ts'
import { orderPage } from './places.ts'

const POLL_MS = 5_000
const MOST_FOUND = 50

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
    <${Search} key=${sought} sought=${sought} />
    <h2>${sought === '' ? 'What your shops told, the newest first' : `Orders called ${sought}`}</h2>
    <p class="small">New ones appear by themselves. Times in ${account.timezone}.</p>
    ${
      sought === ''
        ? html`<${ListTable} slug="delivery" ...${table} turn=${turn} empty=${none} />`
        : html`<${Found} sought=${sought} turn=${turn} table=${table} />`
    }`
}

interface FoundProps {
  readonly sought: string
  readonly turn: number
  readonly table: Omit<TableProps<Delivery>, 'rows'>
}

/** By the beginning of the name, with or without its `#`, and by the number that the platform has for it. */
function Found({ sought, turn, table }: FoundProps) {
  const found = useLoad(
    async (signal) => {
      const by = (fieldSlug: string, operator: string) =>
        list<Delivery>('delivery', {
          filters: { fieldSlug, operator, value: sought },
          limit: MOST_FOUND,
          signal,
        })
      const [named, numbered] = await Promise.all([by('orderName', 'STARTS_WITH'), by('orderId', 'EQUALS')])
      return [...new Map([...numbered.data, ...named.data].map((row) => [row.id, row])).values()]
    },
    [sought, turn],
  )
  const show = (rows: readonly Delivery[]) =>
    rows.length === 0
      ? html`<${Empty} title=${`Nothing was told of an order called ${sought}`}>
          <p><${Link} to=${orderPage({ orderName: sought })}>Find out why</${Link}></p></${Empty}>`
      : html`<${Table} ...${table} rows=${rows} />`
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

function Search({ sought }: { readonly sought: string }) {
  const [by, setBy] = useState('order')
  const [words, setWords] = useState(sought)
  const find = () => {
    const value = words.trim()
    if (value === '') navigate('/orders')
    else
      navigate(
        by === 'customer'
          ? `/shoppers?q=${encodeURIComponent(value)}`
          : `/orders?q=${encodeURIComponent(value)}`,
      )
  }
  return html`<div role="search"><${Form} submit=${find} label="Find orders">
    <div class="search">
      <${SelectField} label="Find by" value=${by} set=${setBy} options=${[
        ['order', 'Order number or name'],
        ['customer', 'Customer'],
      ]} />
      <${TextField} label=${by === 'order' ? 'Number or name of the order' : 'E-mail or number of the customer'} type="search" value=${words} set=${setWords} />
      <button type="submit" class="primary">Find</button>
    </div>
  </${Form}></div>`
}

import type { Delivery, DeliveryReplayed } from '../../../client/schema.ts'
import { act } from '../../api/records.ts'
import { html } from '../../html.ts'
import { AskedButton } from '../../parts/confirm.ts'
import { Badge } from '../../parts/states.ts'
import { Table } from '../../parts/table.ts'
import { mayChange, useSession } from '../../session.ts'
import { counted, dateTime } from '../../words/format.ts'
import {
  type Explained,
  type Item,
  itemWords,
  outcomeWords,
  reasonWords,
  reportWords,
  topicWords,
} from '../../words/journey.ts'

export interface DeliveriesProps {
  readonly deliveries: readonly Delivery[]
  readonly total: number
  readonly streaks: readonly Explained[]
  readonly again: () => void
}

/** Everything that was told of an order, the newest first, and what became of it. */
export function Deliveries({ deliveries, total, streaks, again }: DeliveriesProps) {
  const nameOf = (id: string | null) => streaks.find(({ streakId }) => streakId === id)?.streakName ?? null
  return html`<h2>What the shop told of it</h2>
    <p class="small">The newest first. What arrives meanwhile appears by itself.</p>
    ${deliveries.length > 1 && html`<${Attempts} deliveries=${deliveries} />`}
    ${total > deliveries.length && html`<p>The newest ${deliveries.length} of ${counted(total, 'webhook')}.</p>`}
    ${deliveries.map((delivery) => html`<${Told} key=${delivery.id} delivery=${delivery} nameOf=${nameOf} again=${again} />`)}`
}

/** Each webhook in a line: when it came, when something last became of it, and what. */
function Attempts({ deliveries }: Pick<DeliveriesProps, 'deliveries'>) {
  const { account } = useSession()
  const at = (instant: string) => dateTime(instant, account.timezone)
  const columns = [
    { label: 'Arrived', show: ({ receivedAt }: Delivery) => at(receivedAt) },
    { label: 'What the shop told', show: ({ topic }: Delivery) => topicWords(topic) },
    { label: 'What became of it', show: (row: Delivery) => outcomeBadge(row) },
    { label: 'Last looked at', show: ({ updatedAt }: Delivery) => at(updatedAt) },
  ]
  return html`<${Table} caption="Webhooks of this order" columns=${columns} rows=${deliveries} keyOf=${({ id }: Delivery) => id} />
    <p class="small">Times in ${account.timezone}.</p>`
}

function outcomeBadge(delivery: Delivery) {
  const [words, tone] = outcomeWords(delivery)
  return html`<${Badge} tone=${tone}>${words}</${Badge}>`
}

interface ToldProps {
  readonly delivery: Delivery
  readonly nameOf: (streakId: string | null) => string | null
  readonly again: () => void
}

function Told({ delivery, nameOf, again }: ToldProps) {
  const { user, account } = useSession()
  const isOpen = delivery.items.some(
    ({ status }) => status === 'pending' || status === 'waiting' || status === 'failed',
  )
  return html`<section class="card">
    <h3>${topicWords(delivery.topic)}, ${dateTime(delivery.receivedAt, account.timezone)}</h3>
    <p>${outcomeBadge(delivery)}</p>
    <ol class="plain">${delivery.items.map((item, at) => html`<li key=${at}>${sentence(item, nameOf)}</li>`)}</ol>
    ${delivery.reason !== null && html`<${Why} reason=${delivery.reason} />`}
    <details class="small"><summary>The webhook</summary>
      <dl class="facts"><dt>Topic</dt><dd>${delivery.topic}</dd><dt>Id of the platform</dt><dd>${delivery.webhookId ?? 'none'}</dd>
        <dt>Id here</dt><dd>${delivery.id}</dd><dt>SHA-256 of its body</dt><dd>${delivery.bodySha256}</dd></dl></details>
    ${mayChange(user) && html`<div class="actions"><${Replay} delivery=${delivery} again=${again} />${isOpen && html`<${Abandon} delivery=${delivery} again=${again} />`}</div>`}
  </section>`
}

function Why({ reason }: { readonly reason: string }) {
  const words = reasonWords(reason)
  return words === null
    ? html`<p>Reason: <span dir="auto">${reason}</span></p>`
    : html`<p>${words} <span class="small">${reason}</span></p>`
}

function sentence(item: Item, nameOf: ToldProps['nameOf']) {
  const [words, tone] = itemWords(item)
  const report = reportWords(item)
  const streak = nameOf(item.streakId)
  const about = report ?? (streak === null ? 'A purchase' : html`For “<bdi>${streak}</bdi>”`)
  return html`${about}: <${Badge} tone=${tone}>${words}</${Badge}>
    ${item.quiet === true && ' An old order: it counts and earns no coupon.'}
    ${item.message !== null && html` ${item.message}`}
    ${item.reason !== null && html` <span class="small">${item.reason}</span>`}
    ${item.droppedFields.length > 0 && html` <span class="small">Left out of the shopper’s details, as they made no sense: ${item.droppedFields.join(', ')}.</span>`}`
}

function Replay({ delivery, again }: { readonly delivery: Delivery; readonly again: () => void }) {
  const replay = async () => {
    await act<{ data: DeliveryReplayed }>('delivery', delivery.id, 'replay')
    again()
  }
  return html`<${AskedButton} label="Judge it anew" title="Judge this anew" act=${replay} said="It was judged anew.">
    <p>The order is looked at again by the rules of now. What counted stays; nothing counts twice.</p></${AskedButton}>`
}

function Abandon({ delivery, again }: { readonly delivery: Delivery; readonly again: () => void }) {
  const abandon = async (reason: string) => {
    await act('delivery', delivery.id, 'abandon', { reason })
    again()
  }
  return html`<${AskedButton} label="Leave it uncounted" title="Leave this uncounted" asks="Why?" isDanger=${true} act=${abandon} said="It is left uncounted.">
    <p>What still waits or failed is not tried any more. Judging it anew takes it up again.</p></${AskedButton}>`
}

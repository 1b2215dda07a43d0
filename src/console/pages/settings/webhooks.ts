import { useState } from 'preact/hooks'
import type { WebhookEndpoint, WebhookEndpointCreated } from '../../../client/schema.ts'
import { create } from '../../api/records.ts'
import { html } from '../../html.ts'
import { useDoing } from '../../load.ts'
import { CheckField, Form, restOf, SubmitButton, TextField } from '../../parts/fields.ts'
import { SecretDialog } from '../../parts/secret.ts'
import { Badge, Empty, Wrong } from '../../parts/states.ts'
import { ListTable } from '../../parts/table.ts'
import { Link } from '../../router.ts'
import { mayChange, useSession } from '../../session.ts'
import { Settings } from './frame.ts'

type Event = WebhookEndpoint['events'][number]
export const EVENTS: Readonly<Record<Event, string>> = {
  'milestone.achieved': 'a shopper reached a milestone',
  'reward.issued': 'a coupon is there',
  'reward.failed': 'a coupon could not be made',
  'reward.revoked': 'a coupon was taken back',
  'streak.at_risk': 'a streak is about to break',
  'streak.broken': 'a streak broke',
  'streak.completed': 'a streak was finished',
}

/** What a message is about: its event, or that somebody tried it out. */
export const eventWords = (type: string): string => EVENTS[type as Event] ?? 'a test'

const STATUSES: Readonly<Record<string, string>> = { live: 'is told', paused: 'is not told: paused' }
export const statusWords = (status: string): string => STATUSES[status] ?? status

export function WebhooksPage() {
  const { user } = useSession()
  const [turn, setTurn] = useState(0)
  const [made, setMade] = useState<WebhookEndpointCreated | null>(null)
  const columns = [
    {
      label: 'Address',
      show: ({ id, url }: WebhookEndpoint) =>
        html`<${Link} to=${`/settings/webhooks/${id}`}>${url}</${Link}>`,
    },
    {
      label: 'Told of',
      show: ({ events }: WebhookEndpoint) => events.map((event) => EVENTS[event]).join(', '),
    },
    {
      label: 'State',
      show: ({ status, problem }: WebhookEndpoint) =>
        html`<${Badge} tone=${problem !== null ? 'bad' : status === 'live' ? 'good' : 'waiting'}>${statusWords(status)}</${Badge}>`,
    },
  ]
  return html`<${Settings} title="Outgoing webhooks">
    <p>Systems of yours are told what happens to shoppers’ streaks, signed by Standard Webhooks.</p>
    <${ListTable} slug="webhook_endpoint" caption="Outgoing webhooks" turn=${turn} columns=${columns} keyOf=${({ id }: WebhookEndpoint) => id} empty=${html`<${Empty} title="Nobody is told yet" />`} />
    ${
      mayChange(user) &&
      html`<${Add} done=${(endpoint: WebhookEndpointCreated) => {
        setMade(endpoint)
        setTurn((count) => count + 1)
      }} />`
    }
    ${made !== null && html`<${SecretDialog} title="Keep the secret" close=${() => setMade(null)} words="By it your system knows that a message is ours. It is shown only now." values=${[['Secret', made.secret]]} />`}
  </${Settings}>`
}

function Add({ done }: { readonly done: (endpoint: WebhookEndpointCreated) => void }) {
  const [url, setUrl] = useState('')
  const [events, setEvents] = useState<readonly Event[]>([])
  const adding = useDoing(async () => {
    done(await create<WebhookEndpointCreated>('webhook_endpoint', { url, events }))
    setUrl('')
    setEvents([])
  })
  const rest = restOf(adding.failure, ['url'])
  const set = (event: Event, isOn: boolean) =>
    setEvents((before) => (isOn ? [...before, event] : before.filter((each) => each !== event)))
  return html`<section class="card"><h2>Tell a system</h2><${Form} submit=${adding.run} label="Tell a system">
    <${TextField} label="Address" path="url" type="url" required value=${url} set=${setUrl} failure=${adding.failure} hint="https://, and reachable from here." />
    <fieldset><legend>Tell it when</legend>
      ${(Object.entries(EVENTS) as [Event, string][]).map(([event, words]) => html`<${CheckField} key=${event} label=${words} value=${events.includes(event)} set=${(isOn: boolean) => set(event, isOn)} />`)}
    </fieldset>
    ${rest !== null && html`<${Wrong} failure=${rest} />`}
    <${SubmitButton} isBusy=${adding.isBusy}>Add</${SubmitButton}>
  </${Form}></section>`
}

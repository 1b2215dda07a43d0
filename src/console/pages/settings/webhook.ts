import { useState } from 'preact/hooks'
import type { WebhookEndpoint, WebhookEndpointCreated, WebhookMessage } from '../../../client/schema.ts'
import { act, patch, read, remove } from '../../api/records.ts'
import { html } from '../../html.ts'
import { useDoing, useLoad } from '../../load.ts'
import type { PageProps } from '../../pages.ts'
import { announce } from '../../parts/announce.ts'
import { AskedButton } from '../../parts/confirm.ts'
import { SecretDialog } from '../../parts/secret.ts'
import { Badge, Empty, Shown, Wrong } from '../../parts/states.ts'
import { ListTable } from '../../parts/table.ts'
import { Link, navigate } from '../../router.ts'
import { mayChange, useSession } from '../../session.ts'
import { dateTime } from '../../words/format.ts'
import { Settings } from './frame.ts'
import { EVENTS, eventWords, statusWords } from './webhooks.ts'

export function WebhookPage({ params }: PageProps) {
  const id = params.id ?? ''
  const loaded = useLoad(() => read<WebhookEndpoint>('webhook_endpoint', id), [id])
  const [turn, setTurn] = useState(0)
  const again = () => {
    loaded.reload()
    setTurn((count) => count + 1)
  }
  const show = (endpoint: WebhookEndpoint) =>
    html`<${Endpoint} endpoint=${endpoint} again=${again} /><${Messages} endpoint=${endpoint} turn=${turn} again=${again} />`
  return html`<${Settings} title="Outgoing webhook"><p><${Link} to="/settings/webhooks">All outgoing webhooks</${Link}></p>
    <${Shown} of=${loaded}>${show}</${Shown}></${Settings}>`
}

interface EndpointProps {
  readonly endpoint: WebhookEndpoint
  readonly again: () => void
}

function Endpoint({ endpoint, again }: EndpointProps) {
  const { user } = useSession()
  const { id, url, status, problem } = endpoint
  const [secret, setSecret] = useState<string | null>(null)
  const doing = useDoing(async (what: () => Promise<string>) => {
    announce(await what())
    again()
  })
  const turn = () =>
    doing.run(async () => {
      await patch('webhook_endpoint', id, { status: status === 'live' ? 'paused' : 'live' })
      return status === 'live' ? 'Paused' : 'Live'
    })
  const test = () =>
    doing.run(async () => {
      const { data } = await act<{ data: WebhookMessage }>('webhook_endpoint', id, 'test')
      const [attempt] = data.attempts
      return data.status === 'delivered'
        ? 'The test arrived'
        : `The test did not arrive: ${attempt?.error ?? `it answered ${attempt?.status}`}`
    })
  const rotate = async () => {
    const { data } = await act<{ data: WebhookEndpointCreated }>('webhook_endpoint', id, 'rotate')
    setSecret(data.secret)
    again()
  }
  const leave = async () => {
    await remove('webhook_endpoint', id)
    navigate('/settings/webhooks', { replaces: true })
  }
  return html`<section class="card"><h2>${url}</h2>
    <p><${Badge} tone=${status === 'live' ? 'good' : 'waiting'}>${statusWords(status)}</${Badge}> ${endpoint.description}</p>
    ${problem !== null && html`<p class="note">${problem.message} <span class="small">${problem.code}</span></p>`}
    <p>Told when ${endpoint.events.map((event) => EVENTS[event]).join(', ')}.</p>
    ${doing.failure !== null && html`<${Wrong} failure=${doing.failure} />`}
    ${
      mayChange(user) &&
      html`<div class="actions">
        <button type="button" onClick=${() => void test()}>Send a test</button>
        <button type="button" onClick=${() => void turn()}>${status === 'live' ? 'Pause' : 'Make live'}</button>
        <${AskedButton} label="New secret" title="Make a new secret" act=${rotate}>
          <p>For 24 hours messages are signed by the old one too, so that you can exchange it where they arrive.</p></${AskedButton}>
        <${AskedButton} label="Remove" title="Remove this outgoing webhook" isDanger=${true} act=${leave} said="Removed">
          <p>Nothing is sent to it any more, and what is under way ends.</p></${AskedButton}>
      </div>`
    }
    ${secret !== null && html`<${SecretDialog} title="Keep the new secret" close=${() => setSecret(null)} words="The old one signs beside it for 24 hours. It is shown only now." values=${[['Secret', secret]]} />`}
  </section>`
}

const STATES = {
  delivered: ['good', 'arrived'],
  pending: ['waiting', 'being tried'],
  failed: ['bad', 'did not arrive'],
} as const

function Messages({ endpoint, turn, again }: EndpointProps & { readonly turn: number }) {
  const { account, user } = useSession()
  const resending = useDoing(async (id: string) => {
    await act('webhook_message', id, 'resend')
    announce('Sent again')
    again()
  })
  const columns = [
    { label: 'When', show: ({ createdAt }: WebhookMessage) => dateTime(createdAt, account.timezone) },
    {
      label: 'What',
      show: ({ type }: WebhookMessage) => html`${eventWords(type)} <span class="small">${type}</span>`,
    },
    {
      label: 'State',
      show: ({ status }: WebhookMessage) =>
        html`<${Badge} tone=${STATES[status][0]}>${STATES[status][1]}</${Badge}>`,
    },
    { label: 'Attempts', show: (message: WebhookMessage) => html`<${Attempts} message=${message} />` },
    ...(mayChange(user)
      ? [
          {
            label: 'Again',
            show: ({ id }: WebhookMessage) =>
              html`<button type="button" onClick=${() => void resending.run(id)}>Send again</button>`,
          },
        ]
      : []),
  ]
  const filters = { fieldSlug: 'endpointId', operator: 'EQUALS', value: endpoint.id }
  return html`<h2>Messages</h2><p class="small">Times in ${account.timezone}; kept for 30 days.</p>
    ${resending.failure !== null && html`<${Wrong} failure=${resending.failure} />`}
    <${ListTable} slug="webhook_message" caption="Messages" turn=${turn} filters=${filters} columns=${columns} keyOf=${({ id }: WebhookMessage) => id} empty=${html`<${Empty} title="Nothing was sent yet" />`} />`
}

function Attempts({ message: { attempts, payload } }: { readonly message: WebhookMessage }) {
  const { account } = useSession()
  return html`<details><summary>${attempts.length}</summary>
    <ol>${attempts.map(({ at, status, durationMs, error, response }) => html`<li key=${at}>${dateTime(at, account.timezone)}: ${error ?? `answered ${status}`}, ${durationMs} ms${response !== null && response !== '' && html`<pre>${response}</pre>`}</li>`)}</ol>
    ${payload !== null && html`<pre>${JSON.stringify(payload, null, 2)}</pre>`}
  </details>`
}

import { useState } from 'preact/hooks'
import type { WebhookEndpoint, WebhookEndpointCreated, WebhookMessage } from '../../../client/schema.ts'
import { act, patch, read, remove } from '../../api/records.ts'
import { html } from '../../html.ts'
import { useLoad } from '../../load.ts'
import type { PageProps } from '../../pages.ts'
import { announce } from '../../parts/announce.ts'
import { AskedButton, DoButton } from '../../parts/confirm.ts'
import { SecretDialog } from '../../parts/secret.ts'
import { Badge, Shown } from '../../parts/states.ts'
import { Link, navigate } from '../../router.ts'
import { mayChange, useSession } from '../../session.ts'
import { Settings } from './frame.ts'
import { errorWords, Messages } from './webhook-messages.ts'
import { EVENTS, statusWords } from './webhooks.ts'

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
  const turn = async () => {
    await patch('webhook_endpoint', id, { status: status === 'live' ? 'paused' : 'live' })
    announce(status === 'live' ? 'Paused: nothing is sent until it goes on' : 'It is told again')
    again()
  }
  const test = async () => {
    const { data } = await act<{ data: WebhookMessage }>('webhook_endpoint', id, 'test')
    const [attempt] = data.attempts
    announce(
      data.status === 'delivered'
        ? 'The test arrived'
        : `The test did not arrive: ${errorWords(attempt?.error ?? `it answered ${attempt?.status}`)}`,
    )
    again()
  }
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
    ${
      mayChange(user) &&
      html`<div class="actions">
        <${DoButton} act=${test}>Send a test</${DoButton}>
        <${DoButton} act=${turn}>${status === 'live' ? 'Pause' : 'Go on'}</${DoButton}>
        <${AskedButton} label="New secret" title="Make a new secret" act=${rotate}>
          <p>For 24 hours messages are signed by the old one too, so that you can exchange it where they arrive.</p></${AskedButton}>
        <${AskedButton} label="Remove" title="Remove this outgoing webhook" isDanger=${true} act=${leave} said="Removed">
          <p>Nothing is sent to it any more, and what is under way ends.</p></${AskedButton}>
      </div>`
    }
    ${secret !== null && html`<${SecretDialog} title="Keep the new secret" close=${() => setSecret(null)} words="The old one signs beside it for 24 hours. It is shown only now." values=${[['Secret', secret]]} />`}
  </section>`
}

import { useRef } from 'preact/hooks'
import type { WebhookEndpoint, WebhookMessage } from '../../../client/schema.ts'
import { act, list } from '../../api/records.ts'
import { html } from '../../html.ts'
import { DoButton } from '../../parts/confirm.ts'
import { usePoll } from '../../parts/poll.ts'
import { Badge, Empty } from '../../parts/states.ts'
import { ListTable } from '../../parts/table.ts'
import { mayChange, useSession } from '../../session.ts'
import { dateTime } from '../../words/format.ts'
import { eventWords } from './webhooks.ts'

/** What went wrong, without the code in front of it: `the endpoint answered 503`. */
export const errorWords = (error: string): string => error.replace(/^[A-Z_]+: /, '')

const POLL_MS = 5_000

const STATES = {
  delivered: ['good', 'arrived'],
  pending: ['waiting', 'being tried'],
  failed: ['bad', 'did not arrive'],
} as const

export interface MessagesProps {
  readonly endpoint: WebhookEndpoint
  readonly turn: number
  readonly again: () => void
}

/** What was sent to an endpoint, with every try; what becomes of it meanwhile appears by itself. */
export function Messages({ endpoint, turn, again }: MessagesProps) {
  const { account, user } = useSession()
  useNews(endpoint.id, again)
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
    { label: 'Tries', show: (message: WebhookMessage) => html`<${Attempts} message=${message} />` },
    ...(mayChange(user)
      ? [
          {
            label: 'Again',
            show: (message: WebhookMessage) =>
              html`<${Again} endpoint=${endpoint} message=${message} again=${again} />`,
          },
        ]
      : []),
  ]
  const filters = { fieldSlug: 'endpointId', operator: 'EQUALS', value: endpoint.id }
  return html`<h2>Messages</h2><p class="small">Times in ${account.timezone}; kept for 30 days. What happens meanwhile appears by itself.</p>
    <${ListTable} slug="webhook_message" caption="Messages" turn=${turn} filters=${filters} columns=${columns} keyOf=${({ id }: WebhookMessage) => id} empty=${html`<${Empty} title="Nothing was sent yet" />`} />`
}

/** Looks whether something is new, or has become of what is on its way. */
function useNews(endpointId: string, again: () => void): void {
  const seen = useRef<string | null>(null)
  usePoll(async () => {
    const own = { fieldSlug: 'endpointId', operator: 'EQUALS', value: endpointId }
    const pending = { fieldSlug: 'status', operator: 'EQUALS', value: 'pending' }
    const fields = ['id', 'updatedAt']
    const pages = await Promise.all([
      list<WebhookMessage>('webhook_message', { filters: own, fields, limit: 1 }),
      list<WebhookMessage>('webhook_message', { filters: { and: [own, pending] }, fields, limit: 25 }),
    ])
    const now = JSON.stringify(pages.map(({ data }) => data))
    const isNew = seen.current !== now
    seen.current = now
    // the first time, too: something may have happened since the list was read
    if (isNew) again()
  }, POLL_MS)
}

interface AgainProps {
  readonly endpoint: WebhookEndpoint
  readonly message: WebhookMessage
  readonly again: () => void
}

/** Offers nothing that would be refused, and says why. */
function Again({ endpoint, message, again }: AgainProps) {
  const { account } = useSession()
  const { id, type, createdAt, payload } = message
  if (payload === null) return html`<span class="small">The shopper was erased</span>`
  if (endpoint.status !== 'live') return html`<span class="small">Once it goes on</span>`
  const resend = async () => {
    await act('webhook_message', id, 'resend')
    again()
  }
  return html`<${DoButton} act=${resend} said="It is sent again">Send again<span class="hidden">: ${eventWords(type)}, ${dateTime(createdAt, account.timezone)}</span></${DoButton}>`
}

function Attempts({ message: { attempts, payload } }: { readonly message: WebhookMessage }) {
  const { account } = useSession()
  const answers = attempts.map(
    ({ at, status, durationMs, error, response }) =>
      html`<li key=${at}>${dateTime(at, account.timezone)}: ${error === null ? `answered ${status}` : errorWords(error)}, ${durationMs} ms${response !== null && response !== '' && html`<pre>${response}</pre>`}</li>`,
  )
  return html`<details><summary>${attempts.length}<span class="hidden"> tries: what was sent and answered</span></summary>
    ${answers.length === 0 ? html`<p>Not tried yet.</p>` : html`<ol>${answers}</ol>`}
    ${payload !== null && html`<pre>${JSON.stringify(payload, null, 2)}</pre>`}
  </details>`
}

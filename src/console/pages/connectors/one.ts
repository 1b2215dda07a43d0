import { useState } from 'preact/hooks'
import type { Connector } from '../../../client/schema.ts'
import { act, patch, read } from '../../api/records.ts'
import { html } from '../../html.ts'
import { useDoing, useLoad } from '../../load.ts'
import type { PageProps } from '../../pages.ts'
import { announce } from '../../parts/announce.ts'
import { AskedButton, DoButton } from '../../parts/confirm.ts'
import { Dialog } from '../../parts/dialog.ts'
import { Badge, Shown, Wrong } from '../../parts/states.ts'
import { Table } from '../../parts/table.ts'
import { Title } from '../../parts/title.ts'
import { Link } from '../../router.ts'
import { mayChange, useSession } from '../../session.ts'
import { count, dateTime } from '../../words/format.ts'
import { Backfills } from './backfills.ts'
import { InstallForm } from './install-form.ts'
import { Standing } from './standing.ts'
import { PLATFORMS } from './words.ts'

export function ConnectorPage({ params }: PageProps) {
  const id = params.id ?? ''
  const loaded = useLoad(() => read<Connector>('connector', id), [id])
  const show = (connector: Connector) => html`<${One} connector=${connector} again=${loaded.reload} />`
  return html`<${Title}>${loaded.data === null ? 'Connector' : html`<bdi>${loaded.data.name}</bdi>`}</${Title}>
    <p><${Link} to="/connectors">All connectors</${Link}></p>
    <${Shown} of=${loaded} what="Connector">${show}</${Shown}>`
}

interface OneProps {
  readonly connector: Connector
  readonly again: () => void
}

function One({ connector, again }: OneProps) {
  const { user } = useSession()
  const { state } = connector.installation
  const isConnected = state === 'installed' || state === 'needs_attention'
  return html`
    <section class="card"><h2>${PLATFORMS[connector.platform]}</h2>
      <${Standing} connector=${connector} />
      ${isConnected && html`<${Times} connector=${connector} />`}
      ${mayChange(user) && isConnected && html`<${Acts} connector=${connector} again=${again} />`}
    </section>
    ${mayChange(user) && !isConnected && html`<section class="card"><h2>Connect</h2><${InstallForm} platform=${connector.platform} connector=${connector} done=${again} /></section>`}
    <${Subscriptions} connector=${connector} />
    ${isConnected && html`<${Backfills} connector=${connector} />`}
    <${Refusals} connector=${connector} />
  `
}

function Times({ connector: { installation } }: Pick<OneProps, 'connector'>) {
  const { account } = useSession()
  const at = (instant: string | null) => (instant === null ? 'not yet' : dateTime(instant, account.timezone))
  return html`<dl class="facts">
    <dt>Last webhook</dt><dd>${at(installation.lastWebhookAt)}</dd>
    <dt>Last checked</dt><dd>${at(installation.checkedAt)}</dd>
    <dt>Read back until</dt><dd>${at(installation.reconciledAt)}</dd>
    <dt>Found that way, 30 days</dt><dd>${count(installation.missed)}</dd>
    <dt>Access</dt><dd>${installation.scopes.length === 0 ? 'none stated' : html`<code>${installation.scopes.join(', ')}</code>`}</dd>
  </dl>`
}

function Acts({ connector, again }: OneProps) {
  const [isLeaving, setIsLeaving] = useState(false)
  const checking = useDoing(async () => {
    await act('connector', connector.id, 'check').finally(again)
    announce('Checked')
  })
  const leaving = useDoing(async () => {
    await act('connector', connector.id, 'uninstall')
    setIsLeaving(false)
    announce('Disconnected')
    again()
  })
  return html`
    ${checking.failure !== null && html`<${Wrong} failure=${checking.failure} />`}
    <div class="actions">
      <button type="button" aria-disabled=${checking.isBusy ? 'true' : undefined} onClick=${() => void checking.run()}>${checking.isBusy ? 'Checking …' : 'Check and mend'}</button>
      <${Turn} connector=${connector} again=${again} />
      <button type="button" class="danger" onClick=${() => setIsLeaving(true)}>Disconnect</button>
    </div>
    ${
      isLeaving &&
      html`<${Dialog} title="Disconnect this shop?" close=${() => setIsLeaving(false)}>
        <p>Its orders no longer count. Streakline takes away what it made there, its webhooks, and forgets its access. Streaks, rewards and coupons that are there stay. You can connect it again.</p>
        ${leaving.failure !== null && html`<${Wrong} failure=${leaving.failure} />`}
        <div class="actions">
          <button type="button" class="danger" aria-disabled=${leaving.isBusy ? 'true' : undefined} onClick=${() => void leaving.run()}>Disconnect</button>
          <button type="button" onClick=${() => setIsLeaving(false)}>Keep it</button>
        </div>
      </${Dialog}>`
    }
  `
}

/** Whether its orders count, for a while; it stays connected meanwhile. */
function Turn({ connector, again }: OneProps) {
  const set = (status: Connector['status']) => async () => {
    await patch('connector', connector.id, { status })
    again()
  }
  if (connector.status !== 'live')
    return html`<${DoButton} act=${set('live')} said="Its orders count again.">Go on</${DoButton}>`
  return html`<${AskedButton} label="Pause" title="Pause this shop" act=${set('paused')} said="The shop is paused.">
    <p>While it is paused none of its orders counts. It stays connected, and what it sends is kept: once it goes on, read its past orders of that time below.</p></${AskedButton}>`
}

type Subscription = Connector['installation']['subscriptions'][number]
const SUBSCRIPTION_WORDS = {
  ok: ['good', 'arrives'],
  missing: ['bad', 'missing'],
  failing: ['bad', 'failing'],
} as const

function Subscriptions({ connector: { installation } }: Pick<OneProps, 'connector'>) {
  if (installation.subscriptions.length === 0) return null
  const columns = [
    { label: 'What the platform tells', show: ({ topic }: Subscription) => html`<code>${topic}</code>` },
    {
      label: 'State',
      show: ({ state }: Subscription) =>
        html`<${Badge} tone=${SUBSCRIPTION_WORDS[state][0]}>${SUBSCRIPTION_WORDS[state][1]}</${Badge}>`,
    },
  ]
  return html`<section><h2>Webhooks</h2><${Table} caption="Webhooks" columns=${columns} rows=${installation.subscriptions} keyOf=${({ topic }: Subscription) => topic} /></section>`
}

const REFUSALS: Readonly<Record<string, string>> = {
  SIGNATURE_MISMATCH:
    'The signature did not fit: the secret here is not the one that the platform signs with, or somebody else sent it.',
  SIGNATURE_MISSING: 'It was not signed.',
  SECRET_MISSING: 'The shop is not connected yet: there is no secret to check it with.',
  SIGNATURE_MALFORMED: 'What should have been its signature is none.',
  SIGNATURE_STALE: 'It was signed too long ago.',
}

interface Refusal {
  readonly at: string
  readonly reason: string
}

function Refusals({ connector }: Pick<OneProps, 'connector'>) {
  const { account } = useSession()
  if (connector.refusedCount === 0) return null
  const columns = [
    { label: 'When', show: ({ at }: Refusal) => dateTime(at, account.timezone) },
    {
      label: 'Why',
      show: ({ reason }: Refusal) =>
        html`${REFUSALS[reason] ?? 'It could not be trusted.'} <span class="small">${reason}</span>`,
    },
  ]
  return html`<section><h2>Refused webhooks</h2>
    <p>${count(connector.refusedCount)} in all; the last ones, times in ${account.timezone}:</p>
    <${Table} caption="Refused webhooks" columns=${columns} rows=${connector.recentRefusals} keyOf=${({ at, reason }: Refusal) => `${at} ${reason}`} /></section>`
}

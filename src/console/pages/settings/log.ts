import type { AuditEntry } from '../../../client/schema.ts'
import { html } from '../../html.ts'
import { Empty } from '../../parts/states.ts'
import { ListTable } from '../../parts/table.ts'
import { useSession } from '../../session.ts'
import { dateTime } from '../../words/format.ts'
import { OnlyOwners } from './frame.ts'

const KINDS = { user: '', key: 'key ', cli: 'command line' } as const
const ACTIONS: Readonly<Record<string, string>> = {
  create: 'made',
  patch: 'changed',
  delete: 'removed',
  sign_in: 'signed in',
  sign_in_failed: 'failed to sign in',
  sign_out: 'signed out',
  set_password: 'set a password',
  reset: 'gave a new link',
  install: 'connected',
  uninstall: 'disconnected',
  check: 'checked',
  backfill: 'read past orders',
  cancel: 'stopped',
  replay: 'tried again',
  abandon: 'gave up',
  resume: 'went on',
  withdrawal: 'took back',
  reinstatement: 'gave back',
  export: 'read everything of',
  erase: 'erased',
  rotate: 'made a new secret',
  resend: 'sent again',
  test: 'tried out',
  deny: 'refused',
}

const NOUNS: Readonly<Record<string, string>> = {
  account: 'the account',
  account_user: 'a shopper',
  api_key: 'an API key',
  backfill: 'reading of past orders',
  connector: 'a connector',
  console_user: 'a user',
  coupon_code: 'codes of a pool',
  coupon_provider: 'a coupon provider',
  delivery: 'a webhook of a shop',
  milestone: 'a milestone',
  privacy_request: 'a privacy request',
  queue: 'the queues',
  reward_log: 'a coupon',
  streak: 'a streak',
  streak_log: 'an order that counted',
  webhook_endpoint: 'an outgoing webhook',
  webhook_message: 'a message to an outgoing webhook',
}

const plain = (code: string): string => code.replaceAll('_', ' ')

/** Who changed what, when, from where. */
export function LogPage() {
  const { account } = useSession()
  const columns = [
    { label: 'When', show: ({ createdAt }: AuditEntry) => dateTime(createdAt, account.timezone) },
    {
      label: 'Who',
      show: ({ actor }: AuditEntry) =>
        html`<span dir="auto">${KINDS[actor.kind]}${actor.name ?? actor.id ?? ''}</span>`,
    },
    {
      label: 'What',
      show: ({ action, slug }: AuditEntry) =>
        html`${ACTIONS[action] ?? plain(action)}: ${NOUNS[slug] ?? plain(slug)} <span class="small">${slug} ${action}</span>`,
    },
    { label: 'Change', show: (entry: AuditEntry) => html`<${Change} entry=${entry} />` },
    { label: 'From', show: ({ address }: AuditEntry) => address ?? '' },
  ]
  return html`<${OnlyOwners} title="Who changed what"><p class="small">Times in ${account.timezone}. Secrets are never in it.</p>
    <${ListTable} slug="audit_log" caption="Changes" columns=${columns} keyOf=${({ id }: AuditEntry) => id} empty=${html`<${Empty} title="Nothing was changed yet" />`} />
  </${OnlyOwners}>`
}

function Change({ entry: { before, after, recordId } }: { readonly entry: AuditEntry }) {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])]
  if (names.length === 0) return html`<span class="small">${recordId}</span>`
  const text = (fields: Record<string, unknown> | null, name: string) =>
    JSON.stringify(fields?.[name] ?? null)
  return html`<details><summary>${names.length === 1 ? names[0] : `${names.length} fields`}</summary>
    <ul>${names.map((name) => html`<li key=${name}>${name}: ${before !== null && html`<del>${text(before, name)}</del> `}${after !== null && html`<ins>${text(after, name)}</ins>`}</li>`)}</ul>
    <p class="small">${recordId}</p></details>`
}

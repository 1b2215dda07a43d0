import type { PrivacyRequest } from '../../../client/schema.ts'
import { html } from '../../html.ts'
import { Download } from '../../parts/download.ts'
import { Badge, Empty } from '../../parts/states.ts'
import { ListTable } from '../../parts/table.ts'
import { useSession } from '../../session.ts'
import { dateTime } from '../../words/format.ts'
import { Settings } from './frame.ts'

const KINDS: Readonly<Record<PrivacyRequest['kind'], string>> = {
  data_request: 'wants to know what is kept',
  customer_redact: 'wants to be forgotten',
  shop_redact: 'the shop wants to be forgotten',
}
const STATES = {
  open: ['waiting', 'to be answered'],
  done: ['good', 'done'],
  not_ours: ['plain', 'nobody we know'],
} as const

/** What platforms pass on of shoppers who ask what is kept of them, or to be forgotten. */
export function PrivacyPage() {
  const { account } = useSession()
  const columns = [
    { label: 'Came', show: ({ receivedAt }: PrivacyRequest) => dateTime(receivedAt, account.timezone) },
    { label: 'What', show: ({ kind }: PrivacyRequest) => KINDS[kind] },
    {
      label: 'Who',
      show: ({ customerExternalIds }: PrivacyRequest) =>
        html`<span dir="auto">${customerExternalIds.join(', ')}</span>`,
    },
    {
      label: 'State',
      show: ({ state }: PrivacyRequest) =>
        html`<${Badge} tone=${STATES[state][0]}>${STATES[state][1]}</${Badge}>`,
    },
    {
      label: 'Until',
      show: ({ state, dueAt, doneAt }: PrivacyRequest) =>
        dateTime(state === 'open' ? dueAt : (doneAt ?? dueAt), account.timezone),
    },
    {
      label: 'Answer',
      show: ({ id, kind, state }: PrivacyRequest) =>
        kind === 'data_request' && state !== 'not_ours'
          ? html`<${Download} path=${`/schema/privacy_request/record/${id}/export`} name=${`privacy-request-${id}.json`}>What is kept</${Download}>`
          : '',
    },
  ]
  return html`<${Settings} title="Privacy requests"><p>Shops pass on what shoppers ask by privacy law. Who wants to be forgotten is forgotten by itself; who wants to know is answered by you, with the file that stands here. Times in ${account.timezone}.</p>
    <${ListTable} slug="privacy_request" caption="Privacy requests" columns=${columns} keyOf=${({ id }: PrivacyRequest) => id} empty=${html`<${Empty} title="Nobody has asked" />`} />
  </${Settings}>`
}

import { useState } from 'preact/hooks'
import type { ApiKey, ApiKeyCreated } from '../../../client/schema.ts'
import { create, patch } from '../../api/records.ts'
import { html } from '../../html.ts'
import { useDoing } from '../../load.ts'
import { announce } from '../../parts/announce.ts'
import { Form, restOf, SubmitButton, TextField } from '../../parts/fields.ts'
import { SecretDialog } from '../../parts/secret.ts'
import { Badge, Empty, Wrong } from '../../parts/states.ts'
import { ListTable } from '../../parts/table.ts'
import { root } from '../../place.ts'
import { useSession } from '../../session.ts'
import { date } from '../../words/format.ts'
import { OnlyOwners } from './frame.ts'

export function KeysPage() {
  const { account } = useSession()
  const [turn, setTurn] = useState(0)
  const [made, setMade] = useState<ApiKeyCreated | null>(null)
  const again = () => setTurn((count) => count + 1)
  const turning = useDoing(async ({ id, status }: ApiKey) => {
    await patch('api_key', id, { status: status === 'live' ? 'paused' : 'live' })
    announce(status === 'live' ? 'Paused' : 'Live')
    again()
  })
  const columns = [
    { label: 'Name', show: ({ name }: ApiKey) => html`<span dir="auto">${name}</span>` },
    { label: 'Key', show: ({ apiKey }: ApiKey) => html`<code>${apiKey}</code>` },
    {
      label: 'State',
      show: ({ status }: ApiKey) =>
        html`<${Badge} tone=${status === 'live' ? 'good' : 'waiting'}>${status === 'live' ? 'works' : 'paused'}</${Badge}>`,
    },
    { label: 'Made', show: ({ createdAt }: ApiKey) => date(createdAt, account.timezone) },
    {
      label: 'Change',
      show: (key: ApiKey) =>
        html`<button type="button" onClick=${() => void turning.run(key)}>${key.status === 'live' ? 'Pause' : 'Make live'}<span class="hidden"> ${key.name}</span></button>`,
    },
  ]
  return html`<${OnlyOwners} title="API keys">
    <p>Programs of yours sign in with a key. <a href=${`${root}/docs`}>What they can do</a></p>
    ${turning.failure !== null && html`<${Wrong} failure=${turning.failure} />`}
    <${ListTable} slug="api_key" caption="API keys" turn=${turn} columns=${columns} keyOf=${({ id }: ApiKey) => id} empty=${html`<${Empty} title="No keys"><p>These pages need none.</p></${Empty}>`} />
    <${Add} done=${(key: ApiKeyCreated) => {
      setMade(key)
      again()
    }} />
    ${
      made !== null &&
      html`<${SecretDialog} title="Keep the secret" close=${() => setMade(null)} words="The secret is shown only now. Whoever has both can do everything in this account that a key can."
        values=${[['Key (x-api-key)', made.apiKey], ['Secret (x-api-secret)', made.apiSecret]]} />`
    }
  </${OnlyOwners}>`
}

function Add({ done }: { readonly done: (key: ApiKeyCreated) => void }) {
  const [name, setName] = useState('')
  const adding = useDoing(async () => {
    const key = await create<ApiKeyCreated>('api_key', { name })
    setName('')
    done(key)
  })
  const rest = restOf(adding.failure, ['name'])
  return html`<section class="card"><h2>Make a key</h2><${Form} submit=${adding.run} label="Make a key">
    <${TextField} label="Name" path="name" required value=${name} set=${setName} failure=${adding.failure} hint="What uses it." />
    ${rest !== null && html`<${Wrong} failure=${rest} />`}
    <${SubmitButton} isBusy=${adding.isBusy}>Make</${SubmitButton}>
  </${Form}></section>`
}

import { useState } from 'preact/hooks'
import type { ConsoleUser, ConsoleUserCreated } from '../../../client/schema.ts'
import { act, create, patch, remove } from '../../api/records.ts'
import { html } from '../../html.ts'
import { useDoing } from '../../load.ts'
import { announce } from '../../parts/announce.ts'
import { AskedButton } from '../../parts/confirm.ts'
import { Dialog } from '../../parts/dialog.ts'
import { ChoiceField, Form, restOf, SubmitButton, TextField } from '../../parts/fields.ts'
import { SecretDialog } from '../../parts/secret.ts'
import { Wrong } from '../../parts/states.ts'
import { ListTable } from '../../parts/table.ts'
import { root } from '../../place.ts'
import { useSession } from '../../session.ts'
import { OnlyOwners } from './frame.ts'

const ROLES = [
  { value: 'owner', label: 'Owner', hint: 'Everything.' },
  { value: 'staff', label: 'Staff', hint: 'Everything but keys, users and the account.' },
  { value: 'viewer', label: 'Viewer', hint: 'Sees, changes nothing.' },
] as const

export function UsersPage() {
  const { user: self } = useSession()
  const [turn, setTurn] = useState(0)
  const [link, setLink] = useState<string | null>(null)
  const [changed, setChanged] = useState<ConsoleUser | null>(null)
  const again = () => setTurn((count) => count + 1)
  const columns = [
    {
      label: 'E-mail',
      show: ({ email }: ConsoleUser) =>
        html`<span dir="auto">${email}</span>${email === self.email ? ' (you)' : ''}`,
    },
    { label: 'Role', show: ({ role }: ConsoleUser) => ROLES.find(({ value }) => value === role)?.label },
    { label: 'Password', show: ({ hasPassword }: ConsoleUser) => (hasPassword ? 'set' : 'not yet') },
    {
      label: 'Change',
      show: (user: ConsoleUser) =>
        html`<button type="button" onClick=${() => setChanged(user)}>Change<span class="hidden"> ${user.email}</span></button>`,
    },
  ]
  return html`<${OnlyOwners} title="Users">
    <${ListTable} slug="console_user" caption="Users" turn=${turn} columns=${columns} keyOf=${({ id }: ConsoleUser) => id} empty=${html`<p>Nobody yet.</p>`} />
    <${Add} done=${(path: string) => {
      setLink(path)
      again()
    }} />
    ${changed !== null && html`<${Change} user=${changed} close=${() => setChanged(null)} again=${again} show=${setLink} />`}
    ${
      link !== null &&
      html`<${SecretDialog} title="Send this link" close=${() => setLink(null)} values=${[['Link', `${location.origin}${root}${link}`]]}
        words="Behind it they set their password. It is good once and for an hour, and is shown only now." />`
    }
  </${OnlyOwners}>`
}

function Add({ done }: { readonly done: (path: string) => void }) {
  const [email, setEmail] = useState('')
  const [role, setRole] = useState('staff')
  const adding = useDoing(async () => {
    const { startPath } = await create<ConsoleUserCreated>('console_user', { email, role })
    setEmail('')
    done(startPath)
  })
  const rest = restOf(adding.failure, ['email', 'role'])
  return html`<section class="card"><h2>Add somebody</h2><${Form} submit=${adding.run} label="Add somebody">
    <${TextField} label="E-mail" path="email" type="email" autocomplete="off" required value=${email} set=${setEmail} failure=${adding.failure} />
    <${ChoiceField} legend="Role" value=${role} set=${setRole} options=${ROLES} />
    ${rest !== null && html`<${Wrong} failure=${rest} />`}
    <${SubmitButton} isBusy=${adding.isBusy}>Add</${SubmitButton}>
  </${Form}></section>`
}

interface ChangeProps {
  readonly user: ConsoleUser
  readonly close: () => void
  readonly again: () => void
  readonly show: (path: string) => void
}

function Change({ user, close, again, show }: ChangeProps) {
  const [role, setRole] = useState<string>(user.role)
  const doing = useDoing(async (what: () => Promise<string>) => {
    announce(await what())
    close()
    again()
  })
  const give = () =>
    doing.run(async () => {
      await patch('console_user', user.id, { role })
      return 'Saved'
    })
  const reset = () =>
    doing.run(async () => {
      const { data } = await act<{ data: { startPath: string } }>('console_user', user.id, 'reset')
      show(data.startPath)
      return 'The old password is over'
    })
  const leave = async () => {
    await remove('console_user', user.id)
    close()
    again()
  }
  return html`<${Dialog} title=${user.email} close=${close}>
    <${ChoiceField} legend="Role" value=${role} set=${setRole} options=${ROLES} />
    <p class="hint">Another role, a new link and removing sign them out everywhere.</p>
    ${doing.failure !== null && html`<${Wrong} failure=${doing.failure} />`}
    <div class="actions">
      <button type="button" class="primary" onClick=${() => void give()}>Save the role</button>
      <button type="button" onClick=${() => void reset()}>New link for a password</button>
      <${AskedButton} label="Remove" title="Remove this user" isDanger=${true} act=${leave} said="Removed">
        <p><bdi>${user.email}</bdi> cannot sign in any more.</p></${AskedButton}>
      <button type="button" onClick=${close}>Close</button>
    </div>
  </${Dialog}>`
}

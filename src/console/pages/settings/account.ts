import { useState } from 'preact/hooks'
import type { Account } from '../../../client/schema.ts'
import { request } from '../../api/request.ts'
import { useEdited } from '../../edited.ts'
import { html } from '../../html.ts'
import { useDoing } from '../../load.ts'
import { announce } from '../../parts/announce.ts'
import { Form, restOf, SelectField, SubmitButton, TextField } from '../../parts/fields.ts'
import { Wrong } from '../../parts/states.ts'
import { isOwner, useSession } from '../../session.ts'
import { Settings } from './frame.ts'

const ZONES = Intl.supportedValuesOf('timeZone')

export function AccountPage() {
  const { user, account } = useSession()
  return html`<${Settings} title="Account">
    ${isOwner(user) ? html`<${AccountForm} />` : html`<p><span dir="auto">${account.name}</span>, times in ${account.timezone}. Only owners can change this.</p>`}
    <h2>Your password</h2><${PasswordForm} />
  </${Settings}>`
}

interface Typed {
  readonly name: string
  readonly timezone: string
  /** One a line. */
  readonly origins: string
}

const WORDS = {
  name: 'Name of the shop',
  timezone: 'Time zone',
  endUserOrigins: 'Pages that may show streaks',
} as const

const typedOf = (account: Account | null): Typed => ({
  name: account?.name ?? '',
  timezone: account?.timezone ?? 'UTC',
  origins: account?.endUserOrigins.join('\n') ?? '',
})

const fieldsOf = ({ name, timezone, origins }: Typed) => ({
  name,
  timezone,
  endUserOrigins: origins.split(/\s+/).filter((origin) => origin !== ''),
})

function AccountForm() {
  const { account, reload } = useSession()
  const { typed, set, save } = useEdited<Account, Typed>({
    slug: 'account',
    record: account,
    typedOf,
    fieldsOf,
    words: WORDS,
  })
  const zones = [...new Set([account.timezone, 'UTC', ...ZONES])].map((zone) => [zone, zone] as const)
  const saving = useDoing(async () => {
    await save()
    await reload()
    announce('Saved')
  })
  const rest = restOf(saving.failure, ['name', 'timezone', 'endUserOrigins'])
  return html`<${Form} submit=${saving.run} label="Account">
    <${TextField} label="Name of the shop" path="name" required value=${typed.name} set=${(name: string) => set({ name })} failure=${saving.failure} />
    <${SelectField} label="Time zone" path="timezone" value=${typed.timezone} set=${(timezone: string) => set({ timezone })} options=${zones} failure=${saving.failure} hint="New streaks begin and end their days by it; those that are there keep theirs." />
    <${TextField} label="Pages that may show streaks" path="endUserOrigins" rows=${3} value=${typed.origins} set=${(origins: string) => set({ origins })} failure=${saving.failure} hint="One a line, as https://shop.example. Pages of other addresses are refused by browsers." />
    ${rest !== null && html`<${Wrong} failure=${rest} />`}
    <${SubmitButton} isBusy=${saving.isBusy}>Save</${SubmitButton}>
  </${Form}>`
}

function PasswordForm() {
  const { user } = useSession()
  const [oldPassword, setOld] = useState('')
  const [password, setNew] = useState('')
  const saving = useDoing(async () => {
    // a wrong password is an answer here, not the end of the session
    await request('POST', '/console/password', { oldPassword, password }, { isSigningIn: true })
    setOld('')
    setNew('')
    announce('Your password is changed; you are signed out everywhere else')
  })
  const rest = restOf(saving.failure, ['oldPassword', 'password'])
  return html`<${Form} submit=${saving.run} label="Your password">
    <input type="text" autocomplete="username" value=${user.email} hidden readonly />
    <${TextField} label="Present password" path="oldPassword" type="password" autocomplete="current-password" required value=${oldPassword} set=${setOld} failure=${saving.failure} />
    <${TextField} label="New password" path="password" type="password" autocomplete="new-password" required value=${password} set=${setNew} failure=${saving.failure} hint="12 characters or more." />
    ${rest !== null && html`<${Wrong} failure=${rest} />`}
    <${SubmitButton} isBusy=${saving.isBusy}>Change it</${SubmitButton}>
  </${Form}>`
}

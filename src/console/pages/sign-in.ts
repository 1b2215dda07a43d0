import { useState } from 'preact/hooks'
import { html } from '../html.ts'
import { useDoing } from '../load.ts'
import { Form, restOf, SubmitButton, TextField } from '../parts/fields.ts'
import { Wrong } from '../parts/states.ts'
import { Title } from '../parts/title.ts'
import { operatorAddress } from '../place.ts'
import { usePlace } from '../router.ts'
import { signIn } from '../session.ts'

export function SignInPage({ done }: { readonly done: () => Promise<void> }) {
  const { query } = usePlace()
  const asOperator = operatorAddress(query)
  return html`<main class="alone">
    <${Title}>Sign in</${Title}>
    <${SignInForm} email="" done=${done} />
    <p class="hint">No password yet, or forgotten? An owner can send you a new link under Settings, Users; whoever runs
      the server can print one with <code>streakline users reset</code>.</p>
    ${asOperator !== null && html`<p class="hint">The queues are for owners. Whoever runs this server comes in <a href=${asOperator}>by the operator’s credentials</a>.</p>`}
  </main>`
}

export interface SignInFormProps {
  readonly email: string
  /** Once the password was right. */
  readonly done: () => Promise<void> | void
}

export function SignInForm({ email: known, done }: SignInFormProps) {
  const [email, setEmail] = useState(known)
  const [password, setPassword] = useState('')
  const doing = useDoing(async () => {
    await signIn(email, password)
    await done()
  })
  const { failure } = doing
  const rest = restOf(failure, ['email', 'password'])
  return html`<${Form} submit=${doing.run}>
    ${rest !== null && html`<${Wrong} failure=${rest} />`}
    <${TextField} label="E-mail" path="email" type="email" autocomplete="username" required value=${email} set=${setEmail} failure=${failure} />
    <${TextField} label="Password" path="password" type="password" autocomplete="current-password" required value=${password} set=${setPassword} failure=${failure} />
    <${SubmitButton} isBusy=${doing.isBusy}>Sign in</${SubmitButton}>
  </${Form}>`
}

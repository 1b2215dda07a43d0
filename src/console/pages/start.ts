import { useState } from 'preact/hooks'
import { html } from '../html.ts'
import { useDoing } from '../load.ts'
import { Form, restOf, SubmitButton, TextField } from '../parts/fields.ts'
import { Wrong } from '../parts/states.ts'
import { Title } from '../parts/title.ts'
import { Link, navigate } from '../router.ts'
import { setPassword } from '../session.ts'

/** Kept from the address, which is then cleaned: a token must not stay in the browser's history. */
let token: string | null = null
function takeToken(): string | null {
  const found = new URLSearchParams(location.hash.slice(1)).get('token')
  if (found !== null) {
    token = found
    history.replaceState(null, '', location.pathname)
  }
  return token
}

/** Behind the link that `streakline init`, a first start or an owner gives: where a password is set. */
export function StartPage({ done }: { readonly done: () => Promise<void> }) {
  const [given] = useState(takeToken)
  const [email, setEmail] = useState('')
  const [password, setNewPassword] = useState('')
  const doing = useDoing(async () => {
    await setPassword(given ?? '', password, email === '' ? null : email)
    token = null
    await done()
    navigate('/', { replaces: true })
  })
  const { failure } = doing
  if (given === null || failure?.code === 'LINK_NOT_GOOD') return html`<${NoLink} />`
  const rest = restOf(failure, ['email', 'password'])
  return html`<main class="alone">
    <${Title}>Welcome to Streakline</${Title}>
    <p>Choose a password. With it and your e-mail address you sign in from now on.</p>
    <${Form} submit=${doing.run}>
      ${rest !== null && html`<${Wrong} failure=${rest} />`}
      <${TextField} label="Your e-mail address" path="email" type="email" autocomplete="username" value=${email} set=${setEmail} failure=${failure}
        hint="Whoever sets this up first gives one. If somebody added you, you may leave it empty: you sign in with the address they entered." />
      <${TextField} label="Password" path="password" type="password" autocomplete="new-password" required minlength=${12} value=${password} set=${setNewPassword} failure=${failure}
        hint="12 characters or more; a sentence is fine." />
      <${SubmitButton} isBusy=${doing.isBusy}>Begin</${SubmitButton}>
    </${Form}>
  </main>`
}

function NoLink() {
  return html`<main class="alone">
    <${Title}>This link is not good any more</${Title}>
    <p>Each link is good once and for an hour, and a newer one ends the older ones.</p>
    <ul>
      <li>Setting up for the first time? Start Streakline again, or run <code>streakline init</code>: it prints a new link.</li>
      <li>Somebody added you? Ask them for a new link: Settings, Users, Reset.</li>
    </ul>
    <p><${Link} to="/">Sign in instead</${Link}></p>
  </main>`
}

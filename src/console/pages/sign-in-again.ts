import { html } from '../html.ts'
import { Dialog } from '../parts/dialog.ts'
import { readUser } from '../session.ts'
import { SignInForm } from './sign-in.ts'

export interface SignInAgainProps {
  readonly email: string
  readonly userId: string
  readonly goOn: () => void
}

/** Over whatever somebody was doing when their session ended. Somebody else begins with a page of their own. */
export function SignInAgain({ email, userId, goOn }: SignInAgainProps) {
  const done = async () => {
    const user = await readUser()
    if (user.id === userId) goOn()
    else location.reload()
  }
  return html`<${Dialog} title="Sign in again">
    <p>Your session has ended. What you typed is still here.</p>
    <${SignInForm} email=${email} done=${done} />
  </${Dialog}>`
}

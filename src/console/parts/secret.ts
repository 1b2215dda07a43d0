import { useState } from 'preact/hooks'
import { html } from '../html.ts'
import { Dialog } from './dialog.ts'

export interface SecretDialogProps {
  readonly title: string
  /** What to do with them, and that they are shown once. */
  readonly words: string
  readonly values: readonly (readonly [label: string, value: string])[]
  readonly close: () => void
}

/** Something that is shown once. It is left by a button alone, so that nobody loses it by a stray key. */
export function SecretDialog({ title, words, values, close }: SecretDialogProps) {
  return html`<${Dialog} title=${title}>
    <p>${words}</p>
    ${values.map(([label, value]) => html`<${Copied} key=${label} label=${label} value=${value} />`)}
    <div class="actions"><button type="button" class="primary" onClick=${close}>I have it</button></div>
  </${Dialog}>`
}

function Copied({ label, value }: { readonly label: string; readonly value: string }) {
  const [isCopied, setIsCopied] = useState(false)
  const copy = () => {
    // without a secure connection browsers offer no clipboard: the text can be selected
    navigator.clipboard?.writeText(value).then(
      () => setIsCopied(true),
      () => {},
    )
  }
  return html`<div class="field"><h3>${label}</h3><pre>${value}</pre>
    <button type="button" onClick=${copy}>Copy</button> <span role="status">${isCopied ? 'Copied' : ''}</span></div>`
}

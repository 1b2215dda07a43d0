import { useState } from 'preact/hooks'
import { type Children, html } from '../html.ts'
import { useDoing } from '../load.ts'
import { announce } from './announce.ts'
import { Dialog } from './dialog.ts'
import { Form, TextField } from './fields.ts'
import { Wrong } from './states.ts'

export interface AskedButtonProps {
  /** What the button says, and the one that does it. */
  readonly label: Children
  readonly title: string
  readonly children?: Children
  /** The label of what has to be typed, such as the reason; nothing is asked for without it. */
  readonly asks?: string
  /** A name that has to be typed before it can be done, and whether what was typed is it. */
  readonly mustBe?: { readonly name: string; readonly fits: (typed: string) => boolean }
  readonly isDanger?: boolean
  /** @param typed what was typed, '' where nothing was asked for */
  readonly act: (typed: string) => Promise<unknown>
  /** Without it `act` says itself what came of it. */
  readonly said?: string
}

/** A button that first says what it does, in a dialog, and asks for what is needed. */
export function AskedButton(props: AskedButtonProps) {
  const [isOpen, setIsOpen] = useState(false)
  const name = props.isDanger === true ? 'danger' : undefined
  return html`<button type="button" class=${name} onClick=${() => setIsOpen(true)}>${props.label}</button>
    ${isOpen && html`<${Asking} ...${props} close=${() => setIsOpen(false)} />`}`
}

function Asking({
  label,
  title,
  children,
  asks,
  mustBe,
  isDanger,
  act,
  said,
  close,
}: AskedButtonProps & { readonly close: () => void }) {
  const [typed, setTyped] = useState('')
  const doing = useDoing(async () => {
    await act(typed.trim())
    if (said !== undefined) announce(said)
    close()
  })
  const isReady = mustBe === undefined || mustBe.fits(typed)
  const isOther = !isReady && typed.trim() !== ''
  return html`<${Dialog} title=${title} close=${close}>
    ${children}
    <${Form} submit=${() => isReady && void doing.run()}>
      ${doing.failure !== null && html`<${Wrong} failure=${doing.failure} />`}
      ${
        (asks !== undefined || mustBe !== undefined) &&
        html`<${TextField} label=${asks ?? html`Type <bdi>${mustBe?.name}</bdi> to go on`} required value=${typed} set=${setTyped} autocomplete="off" hint=${isOther ? 'This is not the name yet.' : undefined} />`
      }
      <div class="actions">
        <button type="submit" class=${isDanger === true ? 'danger' : 'primary'} disabled=${!isReady} aria-disabled=${doing.isBusy ? 'true' : undefined}>${doing.isBusy ? 'One moment …' : label}</button>
        <button type="button" onClick=${close}>Leave it</button>
      </div>
    </${Form}>
  </${Dialog}>`
}

export interface DoButtonProps {
  readonly children: Children
  readonly act: () => Promise<unknown>
  /** Without it `act` says itself what came of it. */
  readonly said?: string
}

/** A button that does something at once and says so; what goes wrong stands beside it. */
export function DoButton({ children, act, said }: DoButtonProps) {
  const doing = useDoing(async () => {
    await act()
    if (said !== undefined) announce(said)
  })
  return html`<button type="button" aria-disabled=${doing.isBusy ? 'true' : undefined} onClick=${() => void doing.run()}>${doing.isBusy ? 'One moment …' : children}</button>
    ${doing.failure !== null && html`<${Wrong} failure=${doing.failure} />`}`
}

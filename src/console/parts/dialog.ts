import { useEffect, useId, useRef } from 'preact/hooks'
import { type Children, html } from '../html.ts'

export interface DialogProps {
  readonly title: string
  readonly children: Children
  /** Without it the dialog cannot be left but by what is in it. */
  readonly close?: () => void
}

/** Over the page, which waits below; the keyboard stays within, Escape leaves, and focus returns to where it was. */
export function Dialog({ title, children, close }: DialogProps) {
  const id = useId()
  const element = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const before = document.activeElement
    const dialog = element.current
    dialog?.showModal()
    return () => {
      dialog?.close()
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])
  const cancel = (event: Event) => {
    event.preventDefault()
    close?.()
  }
  return html`<dialog ref=${element} aria-labelledby=${id} onCancel=${cancel}>
    <h2 id=${id}>${title}</h2>${children}
  </dialog>`
}

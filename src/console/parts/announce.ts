import { useEffect, useState } from 'preact/hooks'
import { html } from '../html.ts'

const SHOWN_MS = 8_000
const SAID = 'streakline:said'

/** Tells what was done, to those who see and to those who listen: `Saved`. */
export function announce(text: string): void {
  dispatchEvent(new CustomEvent(SAID, { detail: text }))
}

export function Announcements() {
  const [said, setSaid] = useState({ text: '', count: 0 })
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const hear = (event: Event) => {
      clearTimeout(timer)
      setSaid(({ count }) => ({ text: (event as CustomEvent<string>).detail, count: count + 1 }))
      timer = setTimeout(() => setSaid(({ count }) => ({ text: '', count })), SHOWN_MS)
    }
    addEventListener(SAID, hear)
    return () => {
      clearTimeout(timer)
      removeEventListener(SAID, hear)
    }
  }, [])
  return html`<div class="said" role="status">${said.text !== '' && html`<p key=${said.count}>${said.text}</p>`}</div>`
}

import { useEffect, useState } from 'preact/hooks'
import { type Children, html } from './html.ts'
import { addressOf, pageNow } from './place.ts'

const MOVED = 'streakline:moved'

/** Shows another page without loading anew; the browser's way back leads here. */
export function navigate(page: string, options: { readonly replaces?: boolean } = {}): void {
  const address = addressOf(page)
  if (options.replaces === true) history.replaceState(null, '', address)
  else history.pushState(null, '', address)
  dispatchEvent(new Event(MOVED))
}

/** The page that the address names, and what stands behind its `?`. */
export function usePlace(): { readonly page: string; readonly query: URLSearchParams } {
  const [, redraw] = useState(0)
  useEffect(() => {
    const moved = () => redraw((count) => count + 1)
    addEventListener('popstate', moved)
    addEventListener(MOVED, moved)
    return () => {
      removeEventListener('popstate', moved)
      removeEventListener(MOVED, moved)
    }
  }, [])
  return { page: pageNow(), query: new URLSearchParams(location.search) }
}

export interface LinkProps {
  /** A page of the console: `/orders`. */
  readonly to: string
  readonly children?: Children
  readonly class?: string
  readonly isCurrent?: boolean
}

/** A link to a page of the console: a true link, which opens in another tab like any other. */
export function Link({ to, children, class: name, isCurrent }: LinkProps) {
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    navigate(to)
  }
  return html`<a href=${addressOf(to)} class=${name} aria-current=${isCurrent === true ? 'page' : undefined} onClick=${follow}>${children}</a>`
}

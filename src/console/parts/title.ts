import { useEffect, useRef } from 'preact/hooks'
import { type Children, html } from '../html.ts'

/** The heading of a page, on the side where the page begins (names in it stand in a `bdi`), which names the browser's tab too. */
export function Title({ children }: { readonly children: Children }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${heading.current?.textContent ?? ''} · Streakline`
  })
  return html`<h1 ref=${heading}>${children}</h1>`
}

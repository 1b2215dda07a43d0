import { useEffect, useRef, useState } from 'preact/hooks'
import { html } from './html.ts'
import { Outlet, SECTIONS } from './pages.ts'
import { useOnline } from './parts/online.ts'
import { Unbroken } from './parts/unbroken.ts'
import { Link, usePlace } from './router.ts'
import { isOwner, useSession } from './session.ts'

/** What is around every page: where one can go, whose shop it is, who is signed in. */
export function Frame() {
  const { page } = usePlace()
  const { account, user, signOut } = useSession()
  const isOnline = useOnline()
  const [isOpen, setIsOpen] = useState(false)
  const main = useRef<HTMLElement>(null)
  const last = useRef(page)
  useEffect(() => {
    if (last.current === page) return
    last.current = page
    setIsOpen(false)
    scrollTo(0, 0)
    main.current?.focus({ preventScroll: true })
  }, [page])
  const section = `/${page.split('/')[1] ?? ''}`
  const skip = (event: Event) => {
    event.preventDefault()
    main.current?.focus()
  }
  return html`
    <a class="skip" href="#main" onClick=${skip}>Skip to the page</a>
    <header class="top">
      <button type="button" class="menu" aria-expanded=${isOpen ? 'true' : 'false'} aria-controls="sections" onClick=${() => setIsOpen(!isOpen)}>Menu</button>
      <p class="shop"><strong dir="auto">${account.name}</strong> <span class="small">times in ${account.timezone}</span></p>
      <div class="who"><span class="small" dir="auto">${user.email}</span> <button type="button" class="quiet" onClick=${() => void signOut()}>Sign out</button></div>
    </header>
    <div class="frame">
      <nav id="sections" class=${isOpen ? 'sections is-open' : 'sections'} aria-label="Sections">
        <ul>
          ${SECTIONS.filter((each) => each.forOwners !== true || isOwner(user)).map(
            (each) => html`<li key=${each.to}>
              ${
                each.isElsewhere === true
                  ? html`<a href=${each.to}>${each.label}</a>`
                  : html`<${Link} to=${each.to} isCurrent=${section === each.to}>${each.label}</${Link}>`
              }
            </li>`,
          )}
        </ul>
      </nav>
      <main id="main" ref=${main} tabindex="-1">
        ${!isOnline && html`<p class="offline" role="alert">You are offline. What you see may be out of date; nothing you typed is lost.</p>`}
        <${Unbroken} key=${page}><${Outlet} page=${page} /></${Unbroken}>
      </main>
    </div>
  `
}

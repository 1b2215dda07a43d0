import { type Children, html } from '../../html.ts'
import { Title } from '../../parts/title.ts'
import { Link, usePlace } from '../../router.ts'
import { isOwner, mayChange, type User, useSession } from '../../session.ts'

const everybody = () => true
const TABS: readonly (readonly [to: string, label: string, isFor: (user: User) => boolean])[] = [
  ['/settings', 'Account', everybody],
  ['/settings/users', 'Users', isOwner],
  ['/settings/keys', 'API keys', isOwner],
  ['/settings/webhooks', 'Outgoing webhooks', everybody],
  ['/settings/privacy', 'Privacy requests', everybody],
  ['/settings/log', 'Who changed what', isOwner],
  ['/settings/widget', 'Show the streak', mayChange],
]

export interface SettingsProps {
  readonly title: string
  readonly children: Children
}

/** Around each page of the settings: what else there is to set. */
export function Settings({ title, children }: SettingsProps) {
  const { user } = useSession()
  const { page } = usePlace()
  return html`<${Title}>${title}</${Title}>
    <nav class="tabs" aria-label="Settings">${TABS.filter(([, , isFor]) => isFor(user)).map(([to, label]) => html`<${Link} key=${to} to=${to} isCurrent=${page === to || (to !== '/settings' && page.startsWith(`${to}/`))}>${label}</${Link}>`)}</nav>
    ${children}`
}

/** For a page that only owners are shown. */
export function OnlyOwners({ title, children }: SettingsProps) {
  const { user } = useSession()
  return html`<${Settings} title=${title}>${isOwner(user) ? children : html`<p>Only owners see this.</p>`}</${Settings}>`
}

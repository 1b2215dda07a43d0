import { useState } from 'preact/hooks'
import type { Connector, Streak } from '../../../client/schema.ts'
import { list } from '../../api/records.ts'
import { html } from '../../html.ts'
import { useLoad } from '../../load.ts'
import { SelectField } from '../../parts/fields.ts'
import { Empty, Shown } from '../../parts/states.ts'
import { root } from '../../place.ts'
import { Link } from '../../router.ts'
import { useSession } from '../../session.ts'
import { Settings } from './frame.ts'

const FILE = '/widget/streakline.js'

interface Given {
  readonly streaks: readonly Streak[]
  /** Those of Shopify that are live: their pages read by the app proxy. */
  readonly shops: readonly Connector[]
  /** Whether this version has the widget. */
  readonly isThere: boolean
}

async function read(signal: AbortSignal): Promise<Given> {
  const [streaks, connectors, file] = await Promise.all([
    list<Streak>('streak', {
      filters: { fieldSlug: 'status', operator: 'EQUALS', value: 'live' },
      limit: 100,
      signal,
    }),
    list<Connector>('connector', { limit: 100, signal }),
    fetch(`${root}${FILE}`, { method: 'HEAD', signal }),
  ])
  const shops = connectors.data.filter(({ platform, status }) => platform === 'shopify' && status === 'live')
  return { streaks: streaks.data, shops, isThere: file.ok }
}

/** The lines by which a shop's page shows shoppers their streak. */
export function WidgetPage() {
  const given = useLoad(read, [])
  const show = ({ streaks, shops, isThere }: Given) => {
    if (!isThere)
      return html`<${Empty} title="This version has no widget" ><p>Your developer can show streaks by the API: <a href=${`${root}/docs`}>its reference</a>.</p></${Empty}>`
    if (streaks.length === 0)
      return html`<${Empty} title="No streak is live yet"><p><${Link} to="/begin">Begin one</${Link}></p></${Empty}>`
    return html`<${Storefront} shops=${shops} /><${Snippet} streaks=${streaks} />`
  }
  return html`<${Settings} title="Show the streak"><${Shown} of=${given}>${show}</${Shown}></${Settings}>`
}

/** Shopify tells the server who is signed in: no key and no token. */
function Storefront({ shops }: Pick<Given, 'shops'>) {
  if (shops.length === 0) return null
  const addresses = shops.map((shop) => {
    const webhooks = shop.webhookUrl ?? `${location.origin}${root}${shop.webhookPath}`
    const label =
      shops.length === 1 ? 'Address of the app proxy' : `Address of the app proxy for ${shop.name}`
    return html`<p id=${`proxy-${shop.id}`}>${label}</p><pre key=${shop.id} tabindex="0" aria-labelledby=${`proxy-${shop.id}`}>${webhooks.replace('/webhooks/', '/proxy/')}</pre>`
  })
  return html`<h2>On your Shopify storefront</h2>
    <p>Your developer gives your app an app proxy with the prefix <code>apps</code>, the subpath <code>streakline</code> and the address below, and puts the block “Streak” into your theme: docs/show-the-streak.md of Streakline leads through it. Shopify then says who is signed in.</p>
    ${addresses}
    <h2>On any other page</h2>`
}

function Snippet({ streaks }: Pick<Given, 'streaks'>) {
  const { account } = useSession()
  const [id, setId] = useState(streaks[0]!.id)
  const base = `${location.origin}${root}`
  const lines = `<script type="module" src="${base}${FILE}"></script>
<streakline-streak base="${base}" account="${account.id}" streak="${id}" token="{token of the shopper}"></streakline-streak>`
  return html`<p>Put these lines into the page of your shop where shoppers should see their streak. Your shop’s server makes the token for whoever is signed in there.</p>
    <${SelectField} label="Streak" value=${id} set=${setId} options=${streaks.map((streak) => [streak.id, streak.name])} />
    <pre tabindex="0" aria-label="Lines for your page">${lines}</pre>
    ${account.endUserOrigins.length === 0 && html`<p class="note">Browsers ask for leave: add the address of your shop under <${Link} to="/settings">Pages that may show streaks</${Link}>.</p>`}`
}

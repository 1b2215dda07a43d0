import type { Connector, Streak } from '../../client/schema.ts'
import { readConnectors, readStreaks } from '../api/setup.ts'
import { html } from '../html.ts'
import { useLoad } from '../load.ts'
import { Empty, Shown } from '../parts/states.ts'
import { Title } from '../parts/title.ts'
import { Link } from '../router.ts'
import { mayChange, useSession } from '../session.ts'
import { Attention } from './home/attention.ts'
import { Coupons } from './home/coupons.ts'
import { StreakNow } from './home/streak-now.ts'

interface Given {
  readonly streaks: readonly Streak[]
  readonly connectors: readonly Connector[]
}

async function read(signal: AbortSignal): Promise<Given> {
  const [streaks, connectors] = await Promise.all([readStreaks(signal), readConnectors(signal)])
  return { streaks, connectors }
}

/** How it goes, and what needs somebody. */
export function HomePage() {
  const given = useLoad(read, [])
  const show = ({ streaks, connectors }: Given) => {
    const live = streaks.filter(({ status }) => status === 'live')
    if (live.length === 0)
      return html`<${Welcome} streaks=${streaks} /><${Attention} connectors=${connectors} />`
    return html`<${Attention} connectors=${connectors} /><${StreakNow} streaks=${live} /><${Coupons} />`
  }
  return html`<${Title}>Home</${Title}><${Shown} of=${given} what="Your shop">${show}</${Shown}>`
}

/** Nothing is live yet: the way to begin, or to go on with what was begun. */
function Welcome({ streaks }: Pick<Given, 'streaks'>) {
  const { user } = useSession()
  const begun = streaks.find(({ status }) => status === 'draft')
  if (!mayChange(user)) {
    return html`<${Empty} title="No streak is live yet"><p>An owner of the shop sets the first one up.</p></${Empty}>`
  }
  return html`<${Empty} title="No streak is live yet">
    <p>In a few steps: your shop, its connection, and what shoppers get for coming back.</p>
    <p>
      ${begun !== undefined && html`<${Link} to=${`/begin/live/${begun.id}`} class="button primary">Go on with “${begun.name}”</${Link}> `}
      <${Link} to="/begin" class=${begun === undefined ? 'button primary' : 'button'}>Begin${begun === undefined ? '' : ' anew'}</${Link}>
    </p>
  </${Empty}>`
}

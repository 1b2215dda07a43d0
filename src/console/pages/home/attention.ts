import type { Connector, CouponProvider, WebhookEndpoint } from '../../../client/schema.ts'
import { countOf, list } from '../../api/records.ts'
import { codesLeft, readProviders } from '../../api/setup.ts'
import { lastDaysWords, overLastDays } from '../../api/span.ts'
import { html } from '../../html.ts'
import { useLoad } from '../../load.ts'
import { Shown } from '../../parts/states.ts'
import { Link } from '../../router.ts'
import { mayChange, useSession } from '../../session.ts'
import { counted } from '../../words/format.ts'

const DAY_MS = 86_400_000

interface Matter {
  /** Whose matter it is, as somebody has called it; '' where nobody has. */
  readonly name: string
  readonly what: string
  readonly to: string
  readonly mend: string
}

/** What needs somebody, each with the way to mend it. */
export function Attention({ connectors }: { readonly connectors: readonly Connector[] }) {
  const { user } = useSession()
  const matters = useLoad((signal) => read(connectors, signal), [])
  const show = (data: readonly Matter[]) =>
    data.length === 0
      ? html`<p>Everything is in order.</p>`
      : html`<ul>${data.map(({ name, what, to, mend }) => html`<li key=${`${to} ${what}`}><bdi>${name}</bdi>${what} <${Link} to=${to}>${mayChange(user) ? mend : 'See more'}</${Link}></li>`)}</ul>`
  return html`<section class="card" aria-labelledby="attention"><h2 id="attention">What needs you</h2>
    <${Shown} of=${matters} what="Looking">${show}</${Shown}></section>`
}

async function read(connectors: readonly Connector[], signal: AbortSignal): Promise<readonly Matter[]> {
  const [providers, endpoints, failed] = await Promise.all([
    readProviders(signal),
    list<WebhookEndpoint>('webhook_endpoint', { limit: 50, signal }),
    failedRewards(),
  ])
  const empty = await Promise.all(providers.map(emptyPool))
  return [
    ...connectors.flatMap(ofConnector),
    ...providers.flatMap(ofProvider),
    ...empty.flat(),
    ...endpoints.data.flatMap(ofEndpoint),
    ...(failed.data === 0
      ? []
      : [
          {
            name: '',
            what: `${counted(failed.data, 'coupon')} earned in the last ${lastDaysWords(failed.days)} could not be issued.`,
            to: '/coupons?state=failed',
            mend: 'See why, and try again',
          },
        ]),
  ]
}

function ofConnector({ id, name, installation, recentRefusals }: Connector): Matter[] {
  const to = `/connectors/${id}`
  const refused = recentRefusals.filter(({ at }) => Date.parse(at) > Date.now() - DAY_MS).length
  return [
    ...(installation.problem === null
      ? []
      : [{ name, what: `: ${installation.problem.message}`, to, mend: 'See to it' }]),
    ...(installation.state === 'none'
      ? [{ name, what: ' is not connected yet.', to, mend: 'Connect it' }]
      : []),
    ...(refused === 0
      ? []
      : [{ name, what: `: ${counted(refused, 'webhook')} refused within a day.`, to, mend: 'See why' }]),
  ]
}

function ofProvider({ id, name, health }: CouponProvider): Matter[] {
  if (health.state === 'ok') return []
  const why = health.lastError?.message ?? 'it does not answer'
  return [
    {
      name,
      what: `: ${counted(health.waiting, 'coupon')} wait, ${why}.`,
      to: `/coupons/providers/${id}`,
      mend: 'See to it',
    },
  ]
}

async function emptyPool({ id, name, provider }: CouponProvider): Promise<Matter[]> {
  if (provider !== 'pool') return []
  const left = await codesLeft(id)
  return left > 0
    ? []
    : [{ name, what: ' has no codes left.', to: `/coupons/providers/${id}`, mend: 'Upload codes' }]
}

function ofEndpoint({ id, url, problem }: WebhookEndpoint): Matter[] {
  return problem === null
    ? []
    : [
        {
          name: new URL(url).host,
          what: `: ${problem.message}`,
          to: `/settings/webhooks/${id}`,
          mend: 'See to it',
        },
      ]
}

function failedRewards() {
  return overLastDays((since) =>
    countOf('reward_log', {
      and: [since, { fieldSlug: 'fulfilmentStatus', operator: 'EQUALS', value: 'failed' }],
    }),
  )
}

import type { Connector, CouponProvider, Milestone, Streak } from '../../../client/schema.ts'
import { list, patch, read } from '../../api/records.ts'
import { codesLeft, readConnectors } from '../../api/setup.ts'
import { html } from '../../html.ts'
import { useDoing, useLoad } from '../../load.ts'
import type { PageProps } from '../../pages.ts'
import { Shown, Wrong } from '../../parts/states.ts'
import { Title } from '../../parts/title.ts'
import { Link } from '../../router.ts'
import { mayChange, useSession } from '../../session.ts'
import { feeds } from '../streaks/counts-for.ts'
import { ForecastCard } from './forecast.ts'
import { Steps } from './steps.ts'

interface Given {
  readonly streak: Streak
  readonly milestones: readonly Milestone[]
  readonly connectors: readonly Connector[]
  readonly provider: CouponProvider | null
  /** Codes that nobody has yet, of a pool. */
  readonly codesLeft: number | null
}

async function readAll(id: string, signal: AbortSignal): Promise<Given> {
  const [streak, milestones, connectors] = await Promise.all([
    read<Streak>('streak', id),
    list<Milestone>('milestone', {
      filters: { fieldSlug: 'linkedSchemaRecordId', operator: 'EQUALS', value: id },
      signal,
    }),
    readConnectors(signal),
  ])
  const providerId = milestones.data[0]?.reward?.providerId
  const provider = providerId === undefined ? null : await read<CouponProvider>('coupon_provider', providerId)
  const left = provider?.provider === 'pool' ? await codesLeft(provider.id) : null
  return { streak, milestones: milestones.data, connectors, provider, codesLeft: left }
}

export function BeginLive({ params }: PageProps) {
  const given = useLoad((signal) => readAll(params.id ?? '', signal), [params.id])
  const show = (data: Given) => html`<${Ready} given=${data} again=${given.reload} />`
  return html`<${Title}>Go live</${Title}><${Steps} now="live" /><${Shown} of=${given}>${show}</${Shown}>`
}

/** First what is counted for, then what feeds it: the first order finds everything live. @throws Failure */
async function goLive({ streak, milestones, connectors }: Given): Promise<void> {
  if (streak.status !== 'live') await patch('streak', streak.id, { status: 'live' })
  for (const { id, status } of milestones)
    if (status !== 'live') await patch('milestone', id, { status: 'live' })
  for (const connector of connectors) {
    if (!feeds(connector, streak))
      await patch('connector', connector.id, {
        rules: [...connector.rules, { streakId: streak.id, value: 'one' }],
      })
  }
}

function Ready({ given, again }: { readonly given: Given; readonly again: () => void }) {
  const { streak, milestones, connectors, provider, codesLeft } = given
  const { user } = useSession()
  const going = useDoing(async () => {
    await goLive(given)
    again()
  })
  const isLive = streak.status === 'live' && connectors.every((connector) => feeds(connector, streak))
  return html`<section class="card">
      <h2><bdi>${streak.name}</bdi></h2>
      <ul>${milestones.map(({ id, name }) => html`<li key=${id}><bdi>${name}</bdi></li>`)}</ul>
      <p class="small">Periods by the clock of ${streak.timezone}.</p>
    </section>
    <${Lacks} connectors=${connectors} provider=${provider} codesLeft=${codesLeft} />
    ${isLive ? html`<${Done} />` : html`<${ForecastCard} streak=${streak} milestones=${milestones} connectors=${connectors} />`}
    ${going.failure !== null && html`<${Wrong} failure=${going.failure} />`}
    ${
      !isLive &&
      mayChange(user) &&
      html`<div class="actions"><button type="button" class="primary" aria-disabled=${going.isBusy ? 'true' : undefined} onClick=${() => void going.run()}>${going.isBusy ? 'One moment …' : 'Go live'}</button>
        <${Link} to="/" class="button">Later</${Link}></div>`
    }`
}

function Lacks({ connectors, provider, codesLeft }: Pick<Given, 'connectors' | 'provider' | 'codesLeft'>) {
  const waits = connectors.filter(({ installation }) => installation.state !== 'installed')
  const lacks = [
    ...(connectors.length === 0
      ? [
          html`No shop is connected: nothing will count until one is. <${Link} to="/begin/connect">Connect one</${Link}>`,
        ]
      : []),
    ...waits.map(
      ({ id, name, installation }) =>
        html`<span dir="auto">${name}</span>: ${installation.problem?.message ?? 'not connected yet'}. <${Link} to=${`/connectors/${id}`}>See to it</${Link}>`,
    ),
    ...(codesLeft === 0 ? ['The list of codes is empty: rewards wait until you upload some.'] : []),
    ...(provider?.health.state === 'paused'
      ? [`Coupons wait: ${provider.health.lastError?.message ?? 'the provider does not answer'}.`]
      : []),
  ]
  return lacks.length === 0
    ? null
    : html`<div class="note"><p>What is still missing:</p><ul>${lacks.map((each) => html`<li>${each}</li>`)}</ul></div>`
}

function Done() {
  return html`<section class="card" role="status"><h2>It is live</h2>
    <p>From the next order on purchases count. Shoppers see nothing yet: show them their streak in your shop, or tell them by mail.</p>
    <p><${Link} to="/" class="button primary">To the home page</${Link}></p></section>`
}

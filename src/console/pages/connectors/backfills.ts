import { useEffect, useState } from 'preact/hooks'
import type { Backfill, Connector } from '../../../client/schema.ts'
import { act, list } from '../../api/records.ts'
import { html } from '../../html.ts'
import { useDoing, useLoad } from '../../load.ts'
import { announce } from '../../parts/announce.ts'
import { CheckField, Form, restOf, SubmitButton, TextField } from '../../parts/fields.ts'
import { Shown, Wrong } from '../../parts/states.ts'
import { mayChange, useSession } from '../../session.ts'
import { counted, date, dateTime, dayOf, startOf } from '../../words/format.ts'

const LOOK_MS = 2_000
/** Shopify shows 60 days to most apps, to the minute: from the beginning of a day on it is one less. */
const USUAL_DAYS = 59
const DAY_MS = 86_400_000

/** Past orders read from the platform: begin, watch, stop. */
export function Backfills({ connector }: { readonly connector: Connector }) {
  const { user } = useSession()
  const filters = { fieldSlug: 'connectorId', operator: 'EQUALS', value: connector.id }
  const loaded = useLoad(
    (signal) => list<Backfill>('backfill', { filters, limit: 5, signal }),
    [connector.id],
  )
  const rows = loaded.data?.data ?? []
  const isRunning = rows.some(({ state }) => state === 'running')
  useEffect(() => {
    if (!isRunning) return
    const timer = setInterval(loaded.reload, LOOK_MS)
    return () => clearInterval(timer)
  }, [isRunning])
  const show = () =>
    html`${rows.map((row) => html`<${Progress} key=${row.id} backfill=${row} again=${loaded.reload} />`)}`
  return html`<section class="card"><h2>Past orders</h2>
    <p>Orders from before the shop was connected can count too, and what webhooks did not bring is made up for.</p>
    <${Shown} of=${loaded} what="Past orders">${show}</${Shown}>
    ${mayChange(user) && !isRunning && html`<${Begin} connector=${connector} again=${loaded.reload} />`}
  </section>`
}

function Begin({ connector, again }: { readonly connector: Connector; readonly again: () => void }) {
  const { account } = useSession()
  const [since, setSince] = useState(dayOf(Date.now() - USUAL_DAYS * DAY_MS, account.timezone))
  const [rewards, setRewards] = useState(false)
  const [dryRun, setDryRun] = useState(false)
  const beginning = useDoing(async () => {
    await act('connector', connector.id, 'backfill', {
      since: new Date(startOf(since, account.timezone)).toISOString(),
      rewards,
      dryRun,
    })
    announce('Reading past orders')
    again()
  })
  const rest = restOf(beginning.failure, ['since'])
  return html`<${Form} submit=${beginning.run} label="Read past orders">
    <${TextField} label="Orders since" path="since" type="date" required value=${since} set=${setSince} failure=${beginning.failure} hint=${`From the beginning of that day on, by the clocks of ${account.timezone}.`} />
    <${CheckField} label="Only say what would become of them" value=${dryRun} set=${setDryRun} />
    <${CheckField} label="Give coupons for them too" value=${rewards} set=${setRewards} hint="Usually past orders count quietly: streaks are right, but nobody is given a coupon for the past." />
    ${rest !== null && html`<${Wrong} failure=${rest} />`}
    <${SubmitButton} isBusy=${beginning.isBusy}>Read past orders</${SubmitButton}>
  </${Form}>`
}

const STATES: Readonly<Record<Backfill['state'], string>> = {
  running: 'Reading',
  done: 'Read',
  cancelled: 'Stopped',
  failed: 'Given up',
}

function Progress({ backfill, again }: { readonly backfill: Backfill; readonly again: () => void }) {
  const { account, user } = useSession()
  const { state, since, until, readUpTo, dryRun, problem } = backfill
  const stopping = useDoing(async () => {
    await act('backfill', backfill.id, 'cancel')
    again()
  })
  const whole = Date.parse(until) - Date.parse(since)
  const share = whole <= 0 ? 1 : Math.min(1, Math.max(0, (Date.parse(readUpTo) - Date.parse(since)) / whole))
  const title = `${STATES[state]}: orders of ${date(since, account.timezone)} to ${date(until, account.timezone)}${dryRun ? ', only to see' : ''}`
  return html`<div>
    <h3>${title}</h3>
    ${state === 'running' && html`<progress max="1" value=${share} aria-label=${title}></progress>`}
    <p>${counted(backfill.found, 'order')} found, ${backfill.counted} ${dryRun ? 'would count' : 'counted'}, ${backfill.duplicates} known already, ${backfill.ignored} not for any streak, ${backfill.failed} failed.
      ${state === 'running' && html`<span>Read up to ${dateTime(readUpTo, account.timezone)}.</span>`}</p>
    ${problem !== null && html`<p class="note">${problem.message} <span class="small">${problem.code}</span></p>`}
    ${stopping.failure !== null && html`<${Wrong} failure=${stopping.failure} />`}
    ${state === 'running' && mayChange(user) && html`<button type="button" onClick=${() => void stopping.run()}>Stop</button>`}
  </div>`
}

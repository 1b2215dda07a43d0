import { createStreaklineClient } from '../client/index.ts'
import { booksTable, readBooks } from './books.ts'
import { type Check, checkOutcome } from './checks.ts'
import { controlOf } from './control.ts'
import { originOf } from './doubles.ts'
import { readMerchant } from './install.ts'
import { openingLines } from './lines.ts'
import { outcomeTable, readOutcome } from './outcome.ts'
import { playWeek } from './play.ts'
import { nextSecond } from './poll.ts'
import { type Stage, setStage } from './setup.ts'
import type { RunningDemo } from './start.ts'
import { createNarrator } from './story.ts'
import type { Terminal } from './terminal.ts'
import { weekBefore } from './week.ts'

/** An install waits for one that was killed half-way. */
const CALL_TIMEOUT_MS = 60_000

export interface Ending {
  /** Whether everything came out as expected. */
  readonly ok: boolean
  readonly stage: Stage
}

/** Sets the stage, has both shops installed, plays the week, prints what came of it and checks it. */
export async function tell(demo: RunningDemo, terminal: Terminal, signal: AbortSignal): Promise<Ending> {
  const { origin, doubles, state } = demo
  const { apiKey, apiSecret } = state.account
  const api = createStreaklineClient({
    baseUrl: origin,
    apiKey,
    apiSecret,
    signal,
    timeoutMs: CALL_TIMEOUT_MS,
  })
  const controls = {
    shopify: controlOf(originOf(doubles, 'shopify'), signal),
    stripe: controlOf(originOf(doubles, 'stripe'), signal),
  }
  const week = weekBefore(Date.parse(state.begunAt))
  const stage = await setStage(api, await readMerchant(controls))
  for (const line of openingLines(demo, stage, week)) terminal.line(line)
  const narrator = createNarrator(terminal, week)
  // platforms know whole seconds alone: what is read back after an install is read to the end of its own
  await nextSecond(signal)
  const told = await playWeek({ api, origin, controls, stage, week, narrator, signal })

  const rows = await readOutcome(api, stage, week)
  const deliveries = await Array.fromAsync(api.delivery.all())
  const connectors = await Array.fromAsync(api.connector.all())
  const booked = await readBooks(controls)
  const providers = { Shopify: stage.providers.shopify.id, Stripe: stage.providers.stripe.id }
  const checks = checkOutcome({ connectors, told, rows, deliveries, booked, providers })
  for (const table of [outcomeTable(rows), booksTable(booked)]) {
    terminal.line()
    for (const line of table) terminal.line(line)
  }
  terminal.line()
  printChecks(terminal, checks)
  return { ok: checks.every(({ ok }) => ok), stage }
}

function printChecks({ line, style }: Terminal, checks: readonly Check[]): void {
  for (const { ok, text, found } of checks) {
    line(`${ok ? style('green', '✓') : style('red', '✗')} ${text}`)
    if (found !== undefined) line(`    found: ${found}`)
  }
  const failed = checks.filter(({ ok }) => !ok).length
  line()
  line(
    failed === 0
      ? style('bold', 'Everything came out as it should.')
      : style('red', `${failed} of ${checks.length} checks failed.`),
  )
}

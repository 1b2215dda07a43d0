import { join } from 'node:path'
import type { StoreKind } from '../helpers/open-store.ts'
import { makeTempFolder } from '../helpers/temp-folder.ts'
import { count, ratioOf, spreadOf } from './figures.ts'
import { LAYOUTS } from './layouts.ts'
import { type Layout, type Ledger, openLedger } from './ledger.ts'
import { type Line, ratio } from './report.ts'
import type { Bench } from './servers.ts'

const FLAT_AIM = 1.15

/** Time per log at growing sizes of the ledger. The sizes take turns, so that what disturbs one disturbs all. */
export async function measureFlat(
  bench: Bench,
  store: StoreKind,
  report: (line: Line) => void,
): Promise<void> {
  const [folder, removeFolder] = await makeTempFolder()
  let files = 0
  const open = (layout: Layout) => {
    files += 1
    const uri = store === 'sqlite' ? join(folder, `ledger-${files}.sqlite`) : bench.mongo!.anotherUri()
    return openLedger(store, uri, layout)
  }
  try {
    for (const layout of LAYOUTS) {
      for (const line of await measureLayout(bench, store, layout, open)) report(line)
    }
  } finally {
    await removeFolder()
  }
}

async function measureLayout(
  { sizes }: Bench,
  store: StoreKind,
  layout: Layout,
  open: (layout: Layout) => Promise<Ledger>,
): Promise<Line[]> {
  const [smallest = 0, ...larger] = sizes.ledgerLogs
  const warmUp = await open(layout)
  await warmUp.record(sizes.warmUpLogs)
  await warmUp.close()
  const ledgers = await Promise.all(larger.map(() => open(layout)))
  for (const [at, ledger] of ledgers.entries()) await ledger.record(larger[at]!)
  const times: number[][] = sizes.ledgerLogs.map(() => [])
  for (let round = 0; round < sizes.rounds; round += 1) {
    // a window would double the smallest: it is laid out anew for each
    const small = await open(layout)
    await small.record(smallest)
    for (const [at, ledger] of [small, ...ledgers].entries()) {
      times[at]!.push((await ledger.record(sizes.windowLogs)) / sizes.windowLogs)
    }
    await small.close()
  }
  await Promise.all(ledgers.map((ledger) => ledger.close()))
  return larger.map((size, at) => lineOf(store, layout, [smallest, size], [times[0]!, times[at + 1]!]))
}

function lineOf(
  store: StoreKind,
  { name }: Layout,
  [smallest, size]: readonly [number, number],
  [base, times]: readonly [readonly number[], readonly number[]],
): Line {
  const result = ratioOf(times, base)
  const micros = (figures: readonly number[]) => `${count(spreadOf(figures).median * 1000)} µs`
  return {
    what: `time per log at ${count(size)} / at ${count(smallest)}, ${name}`,
    store,
    value: ratio(result),
    aim: `≤ ${FLAT_AIM}`,
    met: result.median <= FLAT_AIM,
    detail: `${micros(times)} to ${micros(base)} a log`,
  }
}

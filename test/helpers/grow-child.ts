/**
 * A process of its own that brings a store to a grown shape, for tests of kills and of two that start together:
 *
 *   node grow-child.ts <sqlite|mongodb> <uri> <json options>
 *
 * Ends itself as a crash would at the step, or at the row of a fill, that it is told.
 */
import { writeSync } from 'node:fs'
import { fillHook, grownShape } from './grown-shape.ts'
import { openStore, type StoreKind } from './open-store.ts'

export interface GrowOptions {
  /** Dies before the first step, or after the first batch, that is not among these. */
  readonly livesThrough?: readonly string[]
  /** Dies in the middle of the batch in which this row is worked out, counted from 1. */
  readonly dieAtRow?: number
  readonly leaseMs?: number
}

function die(): void {
  process.kill(process.pid, 'SIGKILL')
  // nothing more happens in the moment until the signal arrives
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
}

const [kind, uri = '', json = '{}'] = process.argv.slice(2)
const { livesThrough, dieAtRow, leaseMs }: GrowOptions = JSON.parse(json)
const store = await openStore(kind as StoreKind, uri, {
  shape: grownShape(4),
  ...(leaseMs === undefined ? {} : { leaseMs }),
})
let rows = 0
fillHook.reached = () => {
  rows += 1
  if (rows === dieAtRow) die()
}
await store.migrate({
  onProgress({ what, done }) {
    if (what.startsWith('waiting')) return
    const step = `${what} ${done ?? ''}`.trim()
    writeSync(1, `${step}\n`)
    if (livesThrough?.includes(step) === false) die()
  },
})
await store.close()

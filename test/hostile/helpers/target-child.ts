/**
 * The program in a process of its own, to be attacked from outside:
 *
 *   node --expose-gc target-child.ts <json of Config>
 *
 * Answers `{ do: 'look' }` with a `Look`, and begins its measures anew; ends on `{ do: 'stop' }`.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { guardProgram } from '../../../src/cli/last-resort.ts'
import { startApp } from '../../../src/compose.ts'
import { recordingLogger } from '../../helpers/recording-logger.ts'

/** What happened since the last look. */
export interface Look {
  readonly port: number
  /**
   * The longest time for which nothing else was done, in milliseconds: by the clock, or by what this thread computed
   * meanwhile where that is less, since it was somebody else who had the processor then.
   */
  readonly longestMs: number
  /** The most memory that the process had at any moment, less what only waited for the collector where that is much. */
  readonly peakBytes: number
  readonly lines: readonly { level: string; message: string; fields: Record<string, unknown> }[]
}

const RESOLUTION_MS = 5
const LOOK_MS = 5
/** Growth from which on it is asked what is really held: less than any bound that is near what may be held. */
const MUCH_BYTES = 192 * 1024 * 1024
const MOST_COLLECTIONS = 5

const logger = recordingLogger()
let app: Awaited<ReturnType<typeof startApp>> | undefined
guardProgram({ logger, process, end: () => void app?.close().finally(() => process.exit(1)) })
app = await startApp(JSON.parse(process.argv[2] ?? ''), ['web'], logger)

const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
delay.enable()
let peakBytes = 0
let start = memory()
let computedMs = 0
let longestComputedMs = 0
const note = (): void => {
  peakBytes = Math.max(peakBytes, usedBytes())
  const { user, system } = process.threadCpuUsage()
  const nowMs = (user + system) / 1000
  longestComputedMs = Math.max(longestComputedMs, nowMs - computedMs)
  computedMs = nowMs
}
setInterval(note, LOOK_MS).unref()

function memory(): { readonly rss: number; readonly held: number } {
  const { rss, heapUsed, external } = process.memoryUsage()
  return { rss, held: heapUsed + external }
}

/** On a busy machine the collector comes late, and the pages of what it has freed are given back later still. */
function usedBytes(): number {
  let now = memory()
  if (now.rss - start.rss < MUCH_BYTES) return now.rss
  // buffers that were found free are given back when the next collection begins, or the one after it
  for (let time = 0; time < MOST_COLLECTIONS && now.held - start.held > MUCH_BYTES; time += 1) {
    globalThis.gc?.()
    now = memory()
  }
  return Math.min(now.rss, start.rss + now.held - start.held)
}

function look(): Look {
  note()
  const lines = logger.lines.splice(0) as Look['lines'][number][]
  const seen = {
    port: app?.http?.port ?? 0,
    longestMs: Math.min(delay.max / 1e6, longestComputedMs),
    peakBytes,
    lines,
  }
  globalThis.gc?.()
  start = memory()
  // the collection must not be taken for what comes next
  setImmediate(() => {
    note()
    longestComputedMs = 0
    delay.reset()
  })
  peakBytes = 0
  return JSON.parse(JSON.stringify(seen, withErrors))
}

function withErrors(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  return value instanceof Error ? (value.stack ?? value.message) : value
}

process.on('message', (message: { readonly do: 'look' | 'stop' }) => {
  if (message.do === 'look') process.send?.(look())
  else void app?.close().then(() => process.disconnect())
})
// whoever asked is gone, however that came about
process.on('disconnect', () => process.exit())
process.send?.(look())

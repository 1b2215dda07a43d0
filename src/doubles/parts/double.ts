import { createMovableClock, type MovableClock } from './clock.ts'
import { commonOrders, createControl, lineOf, type Order, view } from './control.ts'
import { createFaults } from './faults.ts'
import { type Answer, type Asked, type Server, startServer } from './server.ts'
import { openTables, type Tables } from './tables.ts'

export interface DoubleOptions {
  /** Default: any free one. */
  readonly port?: number
  /** Where it keeps what it knows, so that this survives a kill; null: in memory alone. */
  readonly dataFile?: string | null
  /** Milliseconds since the epoch. Default: the machine's clock. */
  readonly now?: () => number
}

/** A double of a platform, running on this machine. */
export interface Double extends Server {
  /** What it can be told below `/__control`, for people. */
  readonly controls: readonly string[]
  readonly clock: MovableClock
}

export interface Play {
  readonly handle: (asked: Asked) => Answer | Promise<Answer>
  readonly throttled: () => Answer
  readonly spoilt?: (asked: Asked, answer: Answer) => void
  readonly keyOf?: (asked: Asked) => string | null
  readonly underWay?: (asked: Asked) => Answer
  readonly orders: readonly Order[]
  /** What is shown of a request beside method, path and status. */
  readonly describe?: (asked: Asked) => string | null
  stop?(): Promise<void>
}

interface Seen {
  readonly at: string
  readonly method: string
  readonly host: string
  readonly path: string
  readonly status: number | null
  readonly fault: string | null
  readonly what: string | null
}

const MAX_SEEN = 2_000

/** How a platform is played: what it knows is in `tables`. */
export type Player = (tables: Tables, clock: MovableClock) => Play

/** What a double can be told, without starting it. */
export function controlsOf(player: Player): string[] {
  const clock = createMovableClock()
  const { orders, stop } = player(openTables(null), clock)
  void stop?.()
  return [...commonOrders(createFaults(), clock), ...orders].map(lineOf)
}

/** Puts a platform's play on a server, with its clock, its faults and what is common to all controls. */
export async function startDouble(
  { port, dataFile = null, now }: DoubleOptions,
  player: Player,
): Promise<Double> {
  const tables = openTables(dataFile)
  const clock = createMovableClock(now)
  const faults = createFaults()
  // what it begins with is there as a whole
  const { orders, describe, stop, ...played } = tables.together(() => player(tables, clock))
  let seen: Seen[] = []
  const all = [
    ...commonOrders(faults, clock),
    view('GET /requests', 'the last 2,000 requests: what was asked and answered', () => ({ requests: seen })),
    ...orders,
  ]
  const server = await startServer({
    ...(port === undefined ? {} : { port }),
    ...played,
    faults,
    control: createControl(all, tables),
    seen(asked, status, fault) {
      const { method, host, path } = asked
      const at = new Date(clock.now()).toISOString()
      const row = {
        at,
        method,
        host,
        path,
        status,
        fault: fault?.kind ?? null,
        what: describe?.(asked) ?? null,
      }
      seen = [...seen.slice(-MAX_SEEN + 1), row]
    },
  })
  let stopping: Promise<void> | undefined
  async function end(): Promise<void> {
    await stop?.()
    await server.stop()
    tables.close()
  }
  return {
    origin: server.origin,
    controls: all.map(lineOf),
    clock,
    stop() {
      stopping ??= end()
      return stopping
    },
  }
}

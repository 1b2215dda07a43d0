import { setImmediate } from 'node:timers/promises'
import { findRow } from '../../commit/planned.ts'
import { AppError, referenceNotFound } from '../../errors.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Connector } from '../../ports/connector.ts'
import type { Row } from '../../ports/schema.ts'
import { Enough, Gathering, type TranslatePast } from './gather.ts'
import { type PastDeps, pastBodies } from './read-past.ts'
import { reckon } from './reckon.ts'
import type { Forecast, ForecastTerms, Incomplete } from './types.ts'

export interface ForecastDeps extends PastDeps {
  readonly connectorFor: (platform: string) => Connector | undefined
  readonly translate: TranslatePast
  readonly clock: Clock
  /** For reading; the rest of the 30 s is for reckoning. Default 20 s. */
  readonly readingMs?: number
}

const READING_MS = 20_000
const MAX_AT_ONCE = 2
const BODIES_PER_TURN = 50

const LATE =
  'There are more orders than could be read in time: what was read is in the answer. Ask for a shorter span.'

export type Forecasts = (accountId: string, terms: ForecastTerms) => Promise<Forecast>

/**
 * Says what a streak and its milestones would have come to on past orders. Reads from the platforms where connectors are
 * installed, else what deliveries are kept; stores nothing, and answers within 30 s with what it has.
 * @throws AppError REFERENCE_NOT_FOUND for a rule's connector; OVERLOADED where several are under way; STORE_UNAVAILABLE
 */
export function createForecasts(deps: ForecastDeps): Forecasts {
  let underWay = 0
  return async (accountId, terms) => {
    if (underWay >= MAX_AT_ONCE) {
      const message = `${MAX_AT_ONCE} forecasts are being reckoned already: try again when they are done`
      throw new AppError('OVERLOADED', message, { retryAfterMs: 5_000 })
    }
    underWay += 1
    try {
      return await forecast(deps, accountId, terms)
    } finally {
      underWay -= 1
    }
  }
}

async function forecast(deps: ForecastDeps, accountId: string, terms: ForecastTerms): Promise<Forecast> {
  const connectors = await connectorsOf(deps, accountId, terms)
  const gathering = new Gathering()
  const deadline = deadlineOf(deps.readingMs ?? READING_MS)
  try {
    for (const connector of connectors) await gather(deps, terms, connector, gathering, deadline)
  } finally {
    deadline.end()
  }
  const { incomplete, ...gathered } = gathering.result()
  const reckoned = await reckon(terms, gathered, setImmediate)
  return { ...reckoned, complete: incomplete.length === 0, incomplete }
}

async function connectorsOf(
  { store }: ForecastDeps,
  accountId: string,
  { rules }: ForecastTerms,
): Promise<Row<'connector'>[]> {
  const found = new Map<string, Row<'connector'>>()
  for (const [place, { connectorId }] of rules.entries()) {
    if (found.has(connectorId)) continue
    const row = await findRow(store, 'connector', accountId, connectorId)
    if (row === null) throw referenceNotFound(`rules.${place}.connectorId`, 'connector')
    found.set(connectorId, row)
  }
  return [...found.values()]
}

async function gather(
  deps: ForecastDeps,
  terms: ForecastTerms,
  connector: Row<'connector'>,
  gathering: Gathering,
  deadline: Deadline,
): Promise<void> {
  const platform = deps.connectorFor(connector.platform)
  if (platform === undefined) return
  const own = terms.rules.flatMap(({ connectorId, rule }) => (connectorId === connector.id ? [rule] : []))
  const told = new Set<Incomplete['code']>()
  const tell = (code: Incomplete['code'], message: string) => {
    if (told.has(code)) return
    told.add(code)
    gathering.incomplete.push({ connectorId: connector.id, code, message })
  }
  let read = 0
  try {
    deadline.check()
    const bodies = pastBodies(deps, platform, connector, terms, deps.clock.now(), deadline.within, tell)
    for await (const body of bodies) {
      gathering.take(connector, await deps.translate(connector, own, body), body)
      read += 1
      if (read % BODIES_PER_TURN === 0) await setImmediate()
      deadline.check()
    }
  } catch (error) {
    if (!(error instanceof Enough)) throw error
    tell('TOO_LONG', LATE)
  }
}

interface Deadline {
  /** @throws Enough once it is over */
  check(): void
  /** @throws Enough when it is over before the promise ends */
  readonly within: <T>(promise: Promise<T>) => Promise<T>
  end(): void
}

function deadlineOf(ms: number): Deadline {
  const { promise, reject } = Promise.withResolvers<never>()
  promise.catch(() => {})
  let isOver = false
  const timer = setTimeout(() => {
    isOver = true
    reject(new Enough())
  }, ms)
  return {
    check() {
      if (isOver) throw new Enough()
    },
    within: (work) => Promise.race([work, promise]),
    end: () => clearTimeout(timer),
  }
}

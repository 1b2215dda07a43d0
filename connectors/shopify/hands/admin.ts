import type { PlatformAnswer, PlatformCalls, Told } from '../../../src/ports/platform-calls.ts'
import { type Deadline, pauseBefore } from './deadline.ts'
import { type AppKeys, converse } from './library.ts'
import { createPointsOf, type Priority, type ThrottleStatus } from './points.ts'
import {
  byStatus,
  inWords,
  noAnswer,
  type Refused,
  readObject,
  refuse,
  throttling,
  type Unavailable,
  unavailable,
} from './told.ts'

/** A shop and what opens it. */
export interface ShopDoor extends AppKeys {
  readonly shop: string
  readonly accessToken: string
}

export interface AskOptions {
  readonly priority: Priority
  readonly deadline: Deadline
  /**
   * Fields that may be refused for themselves, such as what an app without approval may not see of a person: they are
   * null then, and the rest is taken.
   */
  readonly optional?: ReadonlySet<string>
}

/** Shopify's Admin API, as economical with points as it asks for. */
export interface Admin {
  /**
   * Asks, and asks again where trouble may pass: 2 further tries, of mutations only where Shopify surely did nothing;
   * for points it waits. All within the deadline. The answer is not checked further than `data`.
   */
  ask<T>(
    door: ShopDoor,
    query: string,
    variables: Readonly<Record<string, unknown>>,
    options: AskOptions,
  ): Promise<Told<T>>
}

/** What an answer costs that nobody has seen yet. */
const FIRST_COST = 10
const MIN_THROTTLED_MS = 200

interface Tried<T> {
  readonly told: Told<T>
  /** Shopify was not asked, or said that it did nothing: for want of points, or of room. */
  readonly isUntouched: boolean
}

export function createAdmin(calls: PlatformCalls): Admin {
  const pointsOf = createPointsOf()
  /** By query: its `first` and the like are constants. */
  const costs = new Map<string, number>()

  async function tryOnce<T>(
    door: ShopDoor,
    query: string,
    variables: Readonly<Record<string, unknown>>,
    { priority, deadline, optional }: AskOptions,
  ): Promise<Tried<T>> {
    const points = pointsOf(`${door.shop} ${door.clientId}`)
    const cost = costs.get(query) ?? FIRST_COST
    const waitMs = await points.take(cost, priority, deadline)
    if (waitMs !== null) {
      return { told: throttling('the shop’s budget of requests is spent', waitMs), isUntouched: true }
    }
    let answer: PlatformAnswer
    try {
      answer = await send(calls, door, query, variables, deadline)
    } catch (error) {
      points.spent(cost, null)
      return { told: noAnswer(error), isUntouched: false }
    }
    const body = readObject(answer.text)
    const seen = readCost(body)
    points.spent(cost, seen?.status ?? null)
    if (seen !== null) costs.set(query, seen.requested)
    return judge<T>(answer, body, seen, door, optional ?? new Set())
  }

  return {
    async ask<T>(
      door: ShopDoor,
      query: string,
      variables: Readonly<Record<string, unknown>>,
      options: AskOptions,
    ): Promise<Told<T>> {
      const isMutation = query.startsWith('mutation')
      let tried = 0
      for (;;) {
        const { told, isUntouched } = await tryOnce<T>(door, query, variables, options)
        if (told.outcome !== 'unavailable') return told
        if (!isUntouched) tried += 1
        const pause = isUntouched ? throttlePause(told) : pauseBefore(tried)
        const isOver = pause === null || (isMutation && !isUntouched)
        if (isOver || !(await options.deadline.wait(pause))) return told
      }
    },
  }
}

const throttlePause = ({ retryAfterMs }: Unavailable): number =>
  Math.max(MIN_THROTTLED_MS, retryAfterMs ?? 1_000)

function send(
  calls: PlatformCalls,
  { shop, accessToken, ...keys }: ShopDoor,
  query: string,
  variables: Readonly<Record<string, unknown>>,
  { signal }: Deadline,
): Promise<PlatformAnswer> {
  return converse(calls, signal, keys, async (api, { Session }) => {
    const session = new Session({ id: `offline_${shop}`, shop, state: '', isOnline: false, accessToken })
    await new api.clients.Graphql({ session }).request(query, { variables, retries: 0, signal })
  })
}

interface Cost {
  readonly requested: number
  readonly status: ThrottleStatus
}

function readCost(body: Record<string, unknown> | null): Cost | null {
  const { cost } = (body?.extensions ?? {}) as {
    cost?: { requestedQueryCost?: unknown; throttleStatus?: Partial<Record<keyof ThrottleStatus, unknown>> }
  }
  const { maximumAvailable, currentlyAvailable, restoreRate } = cost?.throttleStatus ?? {}
  const figures = [cost?.requestedQueryCost, maximumAvailable, currentlyAvailable, restoreRate]
  if (!figures.every((figure) => typeof figure === 'number' && Number.isFinite(figure))) return null
  if (!((restoreRate as number) > 0)) return null
  return { requested: cost?.requestedQueryCost as number, status: cost?.throttleStatus as ThrottleStatus }
}

interface GraphError {
  readonly message: string
  readonly code: string
  /** The last field of its path. */
  readonly field: string
  readonly needs: string
}

function judge<T>(
  answer: PlatformAnswer,
  body: Record<string, unknown> | null,
  cost: Cost | null,
  { accessToken, clientSecret }: ShopDoor,
  optional: ReadonlySet<string>,
): Tried<T> {
  const secrets = [accessToken, clientSecret]
  const byItsStatus = byStatus(answer, secrets)
  if (byItsStatus !== null) return { told: byItsStatus, isUntouched: answer.status === 429 }
  if (body === null) return { told: unavailable('200 with an answer that is not JSON'), isUntouched: false }
  const errors = readErrors(body.errors).filter(
    ({ code, field }) => !(code === 'ACCESS_DENIED' && optional.has(field)),
  )
  const [first] = errors
  if (first !== undefined) {
    const isThrottled = first.code === 'THROTTLED'
    return {
      told: isThrottled ? throttled(first, cost) : byError(first, secrets),
      isUntouched: isThrottled,
    }
  }
  const { data } = body
  return typeof data === 'object' && data !== null
    ? { told: { outcome: 'ok', value: data as T }, isUntouched: false }
    : { told: unavailable('200 without data'), isUntouched: false }
}

/** By Shopify's rule: (requested − currently available) / restore rate. */
function throttled({ message }: GraphError, cost: Cost | null): Unavailable {
  if (cost === null) return throttling(`200 THROTTLED ${message}`, 1_000)
  const { requested, status } = cost
  const seconds = (requested - status.currentlyAvailable) / status.restoreRate
  return throttling(`200 THROTTLED ${message}`, Math.max(0, Math.ceil(seconds * 1_000)))
}

function byError({ code, message, needs }: GraphError, secrets: readonly string[]): Refused | Unavailable {
  const words = inWords(200, `${code} ${message}`, secrets)
  if (code === 'ACCESS_DENIED') return refuse('permission', words, scopeIn(needs) ?? scopeIn(message))
  return code === 'INTERNAL_SERVER_ERROR' || code === 'TIMEOUT'
    ? unavailable(words)
    : refuse('request', words)
}

/** The first scope that a refusal names: "`read_orders` access scope." */
function scopeIn(words: string): string | undefined {
  return /\b(?:read|write)_[a-z_]+\b/.exec(words)?.[0]
}

function readErrors(errors: unknown): GraphError[] {
  if (!Array.isArray(errors)) return []
  return errors.map((one: Record<string, unknown> | null) => {
    const { code, requiredAccess } = (one?.extensions ?? {}) as Record<string, unknown>
    const path = Array.isArray(one?.path) ? one.path : []
    return {
      message: String(one?.message ?? ''),
      code: typeof code === 'string' ? code : '',
      field: String(path.at(-1) ?? ''),
      needs: typeof requiredAccess === 'string' ? requiredAccess : '',
    }
  })
}

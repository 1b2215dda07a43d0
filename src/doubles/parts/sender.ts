import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { MovableClock } from './clock.ts'
import { ControlFault, type Order, order, view } from './control.ts'
import type { Table, Tables } from './tables.ts'

/** A webhook on its way. */
export interface Delivery {
  readonly id: string
  readonly subscriptionId: string
  readonly topic: string
  readonly url: string
  readonly body: string
  /** Those that do not depend on when it is sent. */
  readonly headers: Readonly<Record<string, string>>
  readonly attempts: readonly Attempt[]
  readonly state: 'pending' | 'held' | 'delivered' | 'failed' | 'dropped'
  /** Milliseconds since the epoch; null when it is not tried again by itself. */
  readonly nextAt: number | null
}

export interface Attempt {
  readonly at: string
  /** null without an answer. */
  readonly status: number | null
  readonly ms: number
  readonly error: string | null
  /** The first 1,000 characters. */
  readonly answer: string
}

export interface SenderOptions {
  readonly tables: Tables
  readonly clock: MovableClock
  /** Pauses between tries, in milliseconds: one more try than there are pauses. */
  readonly pausesMs: readonly number[]
  readonly timeoutMs: number
  /** Headers that are made anew for each try, as a signature with the time in it. */
  readonly sign: (delivery: Delivery, now: number) => Record<string, string>
  /** Which answers count as taken. Default: 2xx. */
  readonly takes?: (status: number) => boolean
  /** After each try. */
  readonly tried: (delivery: Delivery, isTaken: boolean) => void
}

export type NewDelivery = Pick<Delivery, 'subscriptionId' | 'topic' | 'url' | 'body' | 'headers'> & {
  readonly id?: string
}

export interface Sender {
  send(delivery: NewDelivery): Delivery
  /** Tries no more what goes to this subscription. */
  forget(subscriptionId: string): void
  /** Resolves when nothing is under way that is due now. */
  idle(): Promise<void>
  readonly orders: readonly Order[]
  stop(): Promise<void>
}

/** Sends webhooks as a platform does: at once, signed, then again after its pauses, never following a redirect. */
export function createSender({
  tables,
  clock,
  pausesMs,
  timeoutMs,
  takes = is2xx,
  sign,
  tried,
}: SenderOptions): Sender {
  const deliveries: Table<Delivery> = tables.table('deliveries')
  const underWay = new Map<string, Promise<void>>()
  const ending = new AbortController()
  let mode: 'send' | 'hold' | 'drop' = 'send'
  let deliverTo: string | null = null
  let timer: NodeJS.Timeout | undefined

  /** When each is due; the rows themselves may be many. */
  const due = new Map<string, number>()

  function put(delivery: Delivery): Delivery {
    if (delivery.state === 'pending' && delivery.nextAt !== null) due.set(delivery.id, delivery.nextAt)
    else due.delete(delivery.id)
    return deliveries.put(delivery)
  }

  function look(): void {
    clearTimeout(timer)
    if (ending.signal.aborted) return
    let next = Number.POSITIVE_INFINITY
    for (const [id, at] of due) {
      if (underWay.has(id)) continue
      const delivery = at <= clock.now() ? deliveries.get(id) : undefined
      if (delivery !== undefined) start(delivery)
      else next = Math.min(next, at)
    }
    if (next < Number.POSITIVE_INFINITY) timer = setTimeout(look, Math.min(next - clock.now(), 2 ** 31 - 1))
  }

  function start(delivery: Delivery): void {
    const work = attempt(delivery).finally(() => {
      underWay.delete(delivery.id)
      look()
    })
    underWay.set(delivery.id, work)
  }

  async function attempt(delivery: Delivery): Promise<void> {
    const now = clock.now()
    const outcome = await post(delivery, now)
    if (ending.signal.aborted) return
    const known = deliveries.get(delivery.id)
    if (known === undefined) return
    const attempts = [...known.attempts, outcome]
    const isTaken = outcome.status !== null && takes(outcome.status)
    const pauseMs = pausesMs[attempts.length - 1]
    const isOver = isTaken || pauseMs === undefined || known.state !== 'pending'
    const row = put({
      ...known,
      attempts,
      state: isTaken ? 'delivered' : isOver ? 'failed' : 'pending',
      nextAt: isOver ? null : now + pauseMs,
    })
    tried(row, isTaken)
  }

  async function post(delivery: Delivery, now: number): Promise<Attempt> {
    const at = new Date(now).toISOString()
    const begun = performance.now()
    const took = (): number => Math.round(performance.now() - begun)
    const { url, headers } = addressOf(delivery.url, deliverTo)
    if (url === null) {
      const error = `a double sends to this machine alone, not to ${new URL(delivery.url).host}: see deliverTo`
      return { at, status: null, ms: 0, error, answer: '' }
    }
    try {
      const response = await fetch(url, {
        method: 'POST',
        redirect: 'manual',
        headers: { ...delivery.headers, ...sign(delivery, now), ...headers },
        body: delivery.body,
        signal: AbortSignal.any([ending.signal, AbortSignal.timeout(timeoutMs)]),
      })
      const answer = (await response.text()).slice(0, 1_000)
      return { at, status: response.status, ms: took(), error: null, answer }
    } catch (error) {
      const text = error instanceof Error ? `${error.message} ${String(error.cause ?? '')}`.trim() : 'failed'
      return { at, status: null, ms: took(), error: text, answer: '' }
    }
  }

  async function idle(): Promise<void> {
    look()
    while (underWay.size > 0) await Promise.all(underWay.values())
  }

  function send({ id = randomUUID(), ...delivery }: NewDelivery): Delivery {
    const state = { send: 'pending', hold: 'held', drop: 'dropped' } as const
    const row = put({
      id,
      ...delivery,
      attempts: [],
      state: state[mode],
      nextAt: mode === 'send' ? clock.now() : null,
    })
    look()
    return row
  }

  /** At once, whatever became of it before. */
  async function resend(delivery: Delivery): Promise<Delivery | undefined> {
    put({ ...delivery, state: 'pending', nextAt: clock.now() })
    await idle()
    return deliveries.get(delivery.id)
  }

  for (const { id, nextAt } of deliveries.all(({ state }) => state === 'pending')) due.set(id, nextAt ?? 0)
  clock.onMove(look)
  look()
  return {
    send,
    forget(subscriptionId) {
      const mine = (one: Delivery): boolean =>
        one.subscriptionId === subscriptionId && one.state === 'pending'
      for (const delivery of deliveries.all(mine)) {
        put({ ...delivery, state: 'failed', nextAt: null })
      }
    },
    idle,
    async stop() {
      ending.abort()
      clearTimeout(timer)
      await Promise.all(underWay.values())
    },
    orders: [
      view('GET /deliveries', 'the webhooks sent, with each try', () => ({ deliveries: deliveries.all() })),
      order(
        'POST /deliveries/mode',
        'mode: send (as ever), hold (kept until released), drop (never arrive); deliverTo: an origin on this machine that gets all of them',
        z.strictObject({
          mode: z.enum(['send', 'hold', 'drop']).optional(),
          deliverTo: z.url().nullable().optional(),
        }),
        (asked) => {
          mode = asked.mode ?? mode
          deliverTo = asked.deliverTo === undefined ? deliverTo : asked.deliverTo
          return { mode, deliverTo }
        },
      ),
      order(
        'POST /deliveries/release',
        'sends what is held: order kept or reversed, times how often each',
        z.strictObject({
          order: z.enum(['kept', 'reversed']).default('kept'),
          times: z.int().min(1).max(5).default(1),
        }),
        async (asked) => {
          const held = deliveries.all(({ state }) => state === 'held')
          if (asked.order === 'reversed') held.reverse()
          for (const delivery of held) {
            for (let time = 0; time < asked.times; time += 1) await resend(delivery)
          }
          return { released: held.length }
        },
      ),
      order('POST /deliveries/{id}/send', 'sends a webhook again, now', z.strictObject({}), async (_, id) => {
        const delivery = deliveries.get(id ?? '')
        if (delivery === undefined) throw new ControlFault(`there is no delivery ${id}`)
        return await resend(delivery)
      }),
      order('POST /deliveries/settled', 'answers once nothing is under way', z.strictObject({}), async () => {
        await idle()
        return { deliveries: deliveries.all().length }
      }),
    ],
  }
}

const is2xx = (status: number): boolean => status >= 200 && status < 300

/** Nothing leaves the machine. */
function addressOf(
  meant: string,
  deliverTo: string | null,
): { url: string | null; headers: Record<string, string> } {
  const url = new URL(meant)
  if (deliverTo !== null) {
    const there = new URL(`${url.pathname}${url.search}`, deliverTo)
    return { url: isLoopback(there) ? there.href : null, headers: { 'x-forwarded-host': url.host } }
  }
  return { url: isLoopback(url) ? url.href : null, headers: {} }
}

export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}

import { setTimeout as delay } from 'node:timers/promises'
import type { SignedRequest } from '../../helpers/signed.ts'
import { type Order, type RefundOf, refundWebhookOf, webhookOf } from './orders.ts'
import type { Random } from './random.ts'

/** As Shopify, which gives up on a request after five seconds. */
const ANSWER_WITHIN_MS = 5_000
const FIRST_PAUSE_MS = 400
const LONGEST_PAUSE_MS = 5_000
const TICK_MS = 20
/** Of all deliveries: sent again under the same id, twice at once, and under another id. */
const SENT_AGAIN = 0.05
const SENT_TWICE = 0.02
const OTHER_ID = 0.02
/** Of all orders: refunded, a third of them whole and a third but for shipping, some before the purchase itself is told of. */
const REFUNDED = 0.1
const WITHIN_MS = 2_000

export interface Delivery {
  readonly order: Order
  readonly firstSentAt: number
  /** When its first 2xx arrived; null before. */
  answeredAt: number | null
}

export interface Refund extends RefundOf {
  readonly order: Order
  answeredAt: number | null
}

export interface TrafficOptions {
  readonly nextOrder: () => Order
  readonly random: Random
  readonly perSecond: number
  /** Where the webhooks of a platform go. */
  readonly addressOf: (platform: Order['platform']) => string
}

/** Platforms: each sends at its pace whatever becomes of it, and again what was not answered with 2xx. */
export class Traffic {
  readonly deliveries: Delivery[] = []
  readonly refunds: Refund[] = []
  /** Requests, the first of each delivery included. */
  requests = 0
  /** Answers by status; 0: none came. */
  readonly answers = new Map<number, number>()
  readonly #options: TrafficOptions
  #perSecond: number
  readonly #underWay = new Set<Promise<unknown>>()
  readonly #giveUp = new AbortController()
  #timer: NodeJS.Timeout | undefined

  constructor(options: TrafficOptions) {
    this.#options = options
    this.#perSecond = options.perSecond
  }

  start(): void {
    const { nextOrder } = this.#options
    let owed = 0
    this.#timer ??= setInterval(() => {
      for (owed += (this.#perSecond * TICK_MS) / 1_000; owed >= 1; owed -= 1) this.#sell(nextOrder())
    }, TICK_MS)
  }

  /** Sells so many a second from now on. */
  pace(perSecond: number): void {
    this.#perSecond = perSecond
  }

  pause(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  /** Sends an order's webhook until it is answered, and some of them once more. None is refunded. */
  send(order: Order): Promise<void> {
    const delivery: Delivery = { order, firstSentAt: performance.now(), answeredAt: null }
    this.deliveries.push(delivery)
    const { random } = this.#options
    const post = (number: number) => this.#untilAnswered(delivery, () => webhookOf(order, number))
    const sent = post(0)
    if (random.next() < SENT_TWICE) void this.#track(post(0))
    const repetition = random.next()
    if (repetition < SENT_AGAIN + OTHER_ID) {
      const again = random.next() * WITHIN_MS
      const number = repetition < OTHER_ID ? 1 : 0
      void this.#track(sent.then(() => delay(again)).then(() => post(number)))
    }
    return this.#track(sent)
  }

  #sell(order: Order): void {
    const { random } = this.#options
    void this.send(order)
    if (random.next() >= REFUNDED) return
    const refund: Refund = { order, ...refundOf(order, random), answeredAt: null }
    this.refunds.push(refund)
    const webhook = () => refundWebhookOf(order, refund)
    const later = random.next() * WITHIN_MS
    void this.#track(delay(later).then(() => this.#untilAnswered(refund, webhook)))
  }

  /** Stops making orders and waits until what is under way is answered, at most `withinMs`. */
  async finish(withinMs: number): Promise<void> {
    this.pause()
    const timer = setTimeout(() => this.#giveUp.abort(), withinMs)
    while (this.#underWay.size > 0) await Promise.all(this.#underWay)
    clearTimeout(timer)
  }

  #track(work: Promise<void>): Promise<void> {
    this.#underWay.add(work)
    return work.finally(() => this.#underWay.delete(work))
  }

  async #untilAnswered(sent: Delivery | Refund, webhook: () => SignedRequest): Promise<void> {
    const { signal } = this.#giveUp
    for (let tries = 0; !signal.aborted; tries += 1) {
      const status = await this.#post(sent.order.platform, webhook())
      this.answers.set(status, (this.answers.get(status) ?? 0) + 1)
      if (status >= 200 && status < 300) {
        sent.answeredAt ??= performance.now()
        return
      }
      const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** tries)
      await delay(pause * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => {})
    }
  }

  async #post(platform: Order['platform'], { headers, body }: SignedRequest): Promise<number> {
    this.requests += 1
    try {
      const response = await fetch(this.#options.addressOf(platform), {
        method: 'POST',
        headers,
        body: new Uint8Array(body),
        signal: AbortSignal.any([AbortSignal.timeout(ANSWER_WITHIN_MS), this.#giveUp.signal]),
      })
      await response.arrayBuffer()
      return response.status
    } catch {
      return 0
    }
  }
}

/** All of it, its goods without the fee for shipping, or some money. */
function refundOf({ platform, cents, shippingCents }: Order, random: Random): RefundOf {
  const which = random.next()
  if (which < 1 / 3) return { cents, isGoods: false }
  if (which < 2 / 3 && platform === 'shopify') return { cents: cents - shippingCents, isGoods: true }
  return { cents: random.between(1, cents - 1), isGoods: false }
}

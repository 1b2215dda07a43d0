import { setTimeout as delay } from 'node:timers/promises'
import type { Api, Filter } from './api.ts'
import type { Order } from './orders.ts'

const ROWS_PER_LOOK = 100
const PAUSE_MS = 250
const LOOKED_UP = 3
const FIELDS = ['id', 'streakId', 'uniqueIdentifier']

interface LogRecord {
  readonly id: string
  readonly streakId: string
  readonly uniqueIdentifier: string
}

/** Which orders have their effect, one log on each of the two streaks, as far as the API has shown. */
export class Effects {
  readonly #api: Api
  readonly #logs = new Set<string>()
  /** By order: its logs, by streak. */
  readonly #byOrder = new Map<string, Map<string, string>>()

  constructor(api: Api) {
    this.#api = api
  }

  has({ id }: Order): boolean {
    return (this.#byOrder.get(id)?.size ?? 0) >= 2
  }

  /** The log of an order on a streak. */
  logId({ id }: Order, streakId: string): string | undefined {
    return this.#byOrder.get(id)?.get(streakId)
  }

  /** Resolves when all `orders` have their effect. @throws Error naming one that has not, after `withinMs` */
  async await(orders: readonly Order[], withinMs: number): Promise<void> {
    const deadline = performance.now() + withinMs
    let waiting = orders
    for (;;) {
      waiting = waiting.filter((order) => !this.has(order))
      if (waiting.length === 0) return
      if (performance.now() > deadline) {
        throw new Error(`${waiting.length} orders had no effect in ${withinMs} ms, ${waiting[0]!.id} is one`)
      }
      // the installation may be down at the moment
      await this.look().catch(() => {})
      // logs that were decided on long before they were stored are not among the newest
      await Promise.all(waiting.slice(0, LOOKED_UP).map((order) => this.#lookUp(order))).catch(() => {})
      await delay(PAUSE_MS)
    }
  }

  /** Reads the newest logs, back to where all were seen before. */
  async look(): Promise<void> {
    const unseen: LogRecord[] = []
    for (let offset = 0; ; offset += ROWS_PER_LOOK) {
      const page = await this.#api.page<LogRecord>('streak_log', FIELDS, ROWS_PER_LOOK, offset)
      const fresh = page.filter(({ id }) => !this.#logs.has(id))
      unseen.push(...fresh)
      if (fresh.length === 0 || page.length < ROWS_PER_LOOK) break
    }
    // not before all pages were read: a look that fails half-way has seen nothing
    this.#enter(unseen)
  }

  async #lookUp({ id }: Order): Promise<void> {
    const filter: Filter = { fieldSlug: 'uniqueIdentifier', operator: 'EQUALS', value: id }
    this.#enter(await this.#api.page<LogRecord>('streak_log', FIELDS, ROWS_PER_LOOK, 0, filter))
  }

  #enter(logs: readonly LogRecord[]): void {
    for (const { id, streakId, uniqueIdentifier } of logs) {
      this.#logs.add(id)
      const own = this.#byOrder.get(uniqueIdentifier) ?? new Map<string, string>()
      this.#byOrder.set(uniqueIdentifier, own.set(streakId, id))
    }
  }
}

import { AppError } from '../../errors.ts'
import { AskedThread } from '../../threads/asked-thread.ts'
import type { SqlValue } from './columns.ts'
import { BUSY_TIMEOUT_MS } from './connection.ts'
import type { Sql } from './queries.ts'

/** What one read may compute, and how long it may take where it waits for the disk or for a processor. */
export const MAX_COMPUTE_MS = 250
const MAX_WAIT_MS = 2_000
/** They wait for each other: most for a millisecond, and none for longer than anybody would. */
const MAX_WAITING = 1_000
const MAX_QUEUE_MS = 5_000
const IDLE_MS = 60_000

interface Question {
  readonly sql: string
  readonly params: readonly SqlValue[]
  readonly computeMs: number
  readonly waitMs: number
}

type Answer =
  | { readonly found: SqlValue[][] }
  | { readonly isSpent: true }
  | { readonly failure: { readonly message: string; readonly errcode: number } }

/** Reads that may take long, in a thread of their own: beside the writer, and in nobody's way but each other's. */
export class Readings {
  readonly #thread: AskedThread<Question, Answer>

  constructor(path: string) {
    this.#thread = new AskedThread({
      file: new URL('./reading-worker.js', import.meta.url),
      data: { path, timeoutMs: BUSY_TIMEOUT_MS },
      maxWaiting: MAX_WAITING,
      maxWaitMs: MAX_QUEUE_MS,
      idleMs: IDLE_MS,
    })
  }

  /** @throws AppError QUERY_TOO_EXPENSIVE | OVERLOADED, errors of SQLite with their code */
  async all({ sql, params }: Sql): Promise<SqlValue[][]> {
    const costs = { computeMs: MAX_COMPUTE_MS, waitMs: MAX_WAIT_MS }
    const answer = await this.#thread.ask({ sql, params, ...costs })
    if ('found' in answer) return answer.found
    if ('failure' in answer) throw Object.assign(new Error(answer.failure.message), answer.failure)
    throw new AppError('QUERY_TOO_EXPENSIVE', `It was given up after ${MAX_COMPUTE_MS} ms of reading`)
  }

  close(): Promise<void> {
    return this.#thread.close()
  }
}

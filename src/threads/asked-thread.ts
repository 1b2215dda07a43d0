import { Worker } from 'node:worker_threads'
import { AppError } from '../errors.ts'

export interface AskedThreadOptions {
  /** Its program: answers each message, in order, with one of `Said`. Plain JavaScript where it can be: reading
   * TypeScript takes each thread 17 MiB. */
  readonly file: URL
  /** Becomes its `workerData`. */
  readonly data?: unknown
  /** Questions that may wait for those before them; further ones are refused. */
  readonly maxWaiting: number
  /** Nor does it take further ones while the one it is at was asked longer ago than this. */
  readonly maxWaitMs: number
  /** Without a question for so long the thread ends; the next question starts another. */
  readonly idleMs: number
}

/** What a thread says about each question, in their order. */
export type Said<A> = { readonly answer: A } | { readonly failure: unknown }

interface Waiting<A> {
  readonly askedAtMs: number
  resolve(answer: A): void
  reject(error: unknown): void
}

/**
 * A thread of our own that answers questions one after the other: work that would hold up everybody else here. Started
 * by the first question. It keeps no process alive that has nothing else to do.
 */
export class AskedThread<Q, A> {
  readonly #options: AskedThreadOptions
  #waiting: Waiting<A>[] = []
  #worker: Worker | undefined
  #idle: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(options: AskedThreadOptions) {
    this.#options = options
  }

  /**
   * Rejects with what the thread failed with. Both are copied on their way.
   * @throws AppError OVERLOADED when too many wait, or the thread ended before it answered
   */
  ask(question: Q): Promise<A> {
    if (this.#isClosed || this.#isBehind()) {
      return Promise.reject(overloaded('has more to do than it may put off'))
    }
    return new Promise((resolve, reject) => {
      clearTimeout(this.#idle)
      const worker = this.#worker ?? this.#start()
      worker.ref()
      this.#waiting.push({ askedAtMs: performance.now(), resolve, reject })
      worker.postMessage(question)
    })
  }

  /** Answers what was asked, then ends the thread. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true
    while (this.#waiting.length > 0) {
      const last = this.#waiting.at(-1)!
      await new Promise<void>((resolve) => {
        const { resolve: answered, reject: failed } = last
        last.resolve = (answer) => resolve(answered(answer))
        last.reject = (error) => resolve(failed(error))
      })
    }
    await this.#end()
  }

  #isBehind(): boolean {
    const { maxWaiting, maxWaitMs } = this.#options
    const [first] = this.#waiting
    if (first === undefined) return false
    return this.#waiting.length >= maxWaiting || performance.now() - first.askedAtMs > maxWaitMs
  }

  #start(): Worker {
    const { file, data } = this.#options
    const worker = new Worker(file, { workerData: data })
    this.#worker = worker
    worker.on('message', (said: Said<A>) => this.#heard(said))
    // why it failed to run shows in its end
    worker.on('error', () => {})
    worker.on('exit', () => {
      if (this.#worker === worker) this.#lost()
    })
    return worker
  }

  #heard(said: Said<A>): void {
    const asker = this.#waiting.shift()
    if (this.#waiting.length === 0) this.#rest()
    if ('answer' in said) asker?.resolve(said.answer)
    else asker?.reject(said.failure)
  }

  #rest(): void {
    this.#worker?.unref()
    this.#idle = setTimeout(() => void this.#end(), this.#options.idleMs)
    this.#idle.unref()
  }

  #lost(): void {
    this.#worker = undefined
    for (const { reject } of this.#waiting.splice(0)) reject(overloaded('lost the thread that did it'))
  }

  async #end(): Promise<void> {
    clearTimeout(this.#idle)
    const worker = this.#worker
    this.#worker = undefined
    await worker?.terminate()
  }
}

function overloaded(what: string): AppError {
  return new AppError('OVERLOADED', `This process ${what}`)
}

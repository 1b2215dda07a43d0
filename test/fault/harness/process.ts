import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Role } from '../../../src/compose.ts'
import type { FailStep } from '../../../src/ports/fail-points.ts'
import type { Answer, Armed, Command } from './child-protocol.ts'

const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url))
const RESTART_AFTER_MS = 300

export interface ProcessOptions {
  readonly name: string
  readonly roles: readonly Role[]
  readonly env: Readonly<Record<string, string>>
  /** What it logs is added here. */
  readonly logFile: string
  /** Folder for Node's compiled code, which halves what it takes to start again. */
  readonly compileCache: string
}

/** A process of the product under a supervisor that starts it again 300 ms after it ended, however it did. */
export class SupervisedProcess {
  readonly name: string
  readonly roles: readonly Role[]
  readonly #options: ProcessOptions
  #child: ChildProcess | undefined
  #armed: Armed | null = null
  #isWanted = true
  #deaths = 0
  #isUp = false
  #changed = Promise.withResolvers<void>()
  readonly #running: Promise<void>

  constructor(options: ProcessOptions) {
    this.name = options.name
    this.roles = options.roles
    this.#options = options
    this.#running = this.#supervise()
  }

  /** How often it was killed, by us or at a fail point. */
  get deaths(): number {
    return this.#deaths
  }

  /** Resolves when it is up: started, and not killed since. */
  up(withinMs: number): Promise<void> {
    return this.#until(() => this.#isUp, withinMs, 'up')
  }

  died(deathsBefore: number, withinMs: number): Promise<void> {
    return this.#until(() => this.#deaths > deathsBefore, withinMs, 'dead')
  }

  kill(): void {
    this.#child?.kill('SIGKILL')
  }

  /** Ends it at a step to come; null: nowhere any more. Holds for the process of now, or the one that starts next. */
  async arm(armed: Armed | null): Promise<void> {
    this.#armed = armed
    // one that is gone, or not up yet, takes it along when it starts
    if (this.#isUp) await this.#ask({ do: 'arm', armed }).catch(() => {})
  }

  async limitDisk(full: boolean): Promise<void> {
    await this.#ask({ do: 'limit_disk', full })
  }

  /** How often the process of now has reached each step. */
  async reached(): Promise<Partial<Record<FailStep, number>>> {
    const answer = await this.#ask({ do: 'count' })
    return answer.said === 'counted' ? answer.reached : {}
  }

  /** Where its log is. */
  get logFile(): string {
    return this.#options.logFile
  }

  /** Ends it as a supervisor would, for good. */
  async stop(): Promise<void> {
    this.#isWanted = false
    if (this.#child?.connected) this.#child.send({ do: 'stop' } satisfies Command)
    await this.#running
  }

  async #supervise(): Promise<void> {
    while (this.#isWanted) {
      const { env, roles, logFile, compileCache } = this.#options
      const log = openSync(logFile, 'a')
      const child = fork(CHILD, {
        execArgv: ['--no-warnings'],
        env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
        stdio: ['ignore', log, log, 'ipc'],
      })
      closeSync(log)
      child.setMaxListeners(0)
      this.#child = child
      const ended = once(child, 'exit')
      child.on('message', (answer: Answer) => {
        if (answer.said === 'started') this.#set(() => (this.#isUp = true))
      })
      // the process may be killed while it is being told
      child.on('error', () => {})
      child.send({ do: 'start', env, roles, armed: this.#armed } satisfies Command, () => {})
      const [, signal] = await ended
      this.#set(() => {
        this.#isUp = false
        if (signal === 'SIGKILL') {
          this.#deaths += 1
          this.#armed = null
        }
      })
      if (this.#isWanted) await delay(RESTART_AFTER_MS)
    }
  }

  async #ask(command: Command): Promise<Answer> {
    const child = this.#child!
    const gone = once(child, 'exit').then(() => {
      throw new Error(`${this.name} ended before it answered`)
    })
    const answered = once(child, 'message') as Promise<[Answer]>
    child.send(command, () => {})
    const [answer] = await Promise.race([answered, gone])
    if (answer.said === 'failed') throw new Error(`${this.name}: ${answer.message}`)
    return answer
  }

  #set(change: () => void): void {
    change()
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }

  async #until(condition: () => boolean, withinMs: number, state: string): Promise<void> {
    const signal = AbortSignal.timeout(withinMs)
    const late = once(signal, 'abort').then(() => {
      throw new Error(`${this.name} was not ${state} within ${withinMs} ms; see ${this.#options.logFile}`)
    })
    late.catch(() => {})
    while (!condition()) await Promise.race([this.#changed.promise, late])
  }
}

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { StoreKind } from './open-store.ts'

const SCRIPT = fileURLToPath(new URL('./store-child.ts', import.meta.url))

export interface StoreChild {
  /** Whole lines it said so far, `ready` included. */
  readonly lines: readonly string[]
  /**
   * Resolves when it has said a line for which `wanted` holds. @throws when it ends before, with what it wrote to
   * stderr
   */
  said(wanted: (line: string) => boolean): Promise<void>
  /** Lets it begin. */
  go(): void
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>
  /** Waits for its end. @throws when that is not exit code 0, with what it wrote to stderr */
  done(): Promise<void>
}

/** Starts `store-child.ts` on a store; it waits for `go`. */
export function spawnStoreChild(
  kind: StoreKind,
  uri: string,
  task: string,
  options: object = {},
): StoreChild {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--no-warnings', SCRIPT, kind, uri, task, JSON.stringify(options)],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  )
  const { stdin, stdout, stderr } = child
  if (stdin === null || stdout === null || stderr === null) throw new Error('child without pipes')
  const lines: string[] = []
  const waiting = new Set<() => void>()
  let complaints = ''
  let ended = false
  // the last line of a killed child may be cut off: only what ends in a newline counts
  let rest = ''
  stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n')
    rest = parts.pop() ?? ''
    lines.push(...parts)
    for (const wake of waiting) wake()
  })
  stderr.setEncoding('utf8').on('data', (chunk: string) => {
    complaints += chunk
  })
  stdin.on('error', () => {})
  const closed = once(child, 'close').then(() => {
    ended = true
    for (const wake of waiting) wake()
  })

  return {
    lines,
    async said(wanted) {
      while (!lines.some(wanted)) {
        if (ended) throw new Error(`the child ended early: ${complaints}`)
        await new Promise<void>((resolve) => {
          const wake = () => {
            waiting.delete(wake)
            resolve()
          }
          waiting.add(wake)
        })
      }
    },
    go: () => {
      stdin.write('go\n')
    },
    async kill() {
      child.kill('SIGKILL')
      await closed
    },
    async done() {
      await closed
      if (child.exitCode !== 0) throw new Error(`the child ended with ${child.exitCode}: ${complaints}`)
    },
  }
}

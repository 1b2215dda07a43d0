import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { delimiter } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runProgram } from './run-program.ts'
import { until } from './until.ts'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
export const CLI = fileURLToPath(new URL('../../src/streakline.js', import.meta.url))
const STARTED_WITHIN_MS = 120_000
const GONE_WITHIN_MS = 120_000

/** The environment of somebody who just opened a terminal: no settings, and of Node what the machine has. */
export function plainEnv(settings: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const { PATH = '', HOME } = process.env
  const own = PATH.split(delimiter).filter((folder) => !folder.includes('node_modules'))
  return { PATH: own.join(delimiter), HOME, ...settings }
}

/** Settings of an installation of its own in a folder, at any free port. */
export function settingsIn(dataDir: string): Record<string, string> {
  const STREAKLINE_ENCRYPTION_KEY = randomBytes(32).toString('base64')
  return { STREAKLINE_DATA_DIR: dataDir, STREAKLINE_ENCRYPTION_KEY, PORT: '0' }
}

export interface Program {
  readonly child: ChildProcess
  /** What it has printed so far, on either stream. */
  output(): string
  stderr(): string
  /** Waits until `text` has been printed. @throws with the output when the program ends before that */
  printed(text: string): Promise<void>
  /** Its exit code, or the signal that ended it, once it and all that write to its output are gone. */
  readonly ended: Promise<number | NodeJS.Signals>
  /** The processes that run under it now, itself among them. */
  family(): Promise<number[]>
}

const running = new Set<Program>()

/** Ends what a test that failed half-way has left running. */
export async function endPrograms(): Promise<void> {
  for (const program of running) {
    for (const pid of await program.family()) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // it was not there any more
      }
    }
  }
  running.clear()
}

/** Starts a program as a terminal does: the first of its own group. */
export function startProgram(
  [command, ...parameters]: readonly [string, ...string[]],
  { env, cwd = ROOT }: { readonly env: NodeJS.ProcessEnv; readonly cwd?: string },
): Program {
  const child = spawn(command, parameters, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  let [all, errors, isOver] = ['', '', false]
  child.stdout.on('data', (chunk: Buffer) => {
    all += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    all += chunk.toString()
    errors += chunk.toString()
  })
  const ended = once(child, 'close').then(([code, signal]) => {
    isOver = true
    running.delete(program)
    return (code ?? signal) as number | NodeJS.Signals
  })
  const program: Program = {
    child,
    output: () => all,
    stderr: () => errors,
    async printed(text) {
      await until(() => all.includes(text) || isOver, STARTED_WITHIN_MS)
      if (!all.includes(text)) throw new Error(`it ended without printing ${text}:\n${all}`)
    },
    ended,
    family: () => familyOf(child.pid!),
  }
  running.add(program)
  return program
}

async function familyOf(root: number): Promise<number[]> {
  const { stdout } = await runProgram('ps', ['-e', '-o', 'pid=,ppid='])
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
  const family = [root]
  for (const pid of family)
    family.push(...rows.flatMap(([child, parent]) => (parent === pid ? [child!] : [])))
  return family
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Resolves once none of the processes is left. Ends those that stay. @throws naming them */
export async function allGone(pids: readonly number[]): Promise<void> {
  try {
    await until(() => !pids.some(isAlive), GONE_WITHIN_MS)
  } catch {
    const left = pids.filter(isAlive)
    for (const pid of left) process.kill(pid, 'SIGKILL')
    throw new Error(`still running: ${left.join(', ')} of ${pids.join(', ')}`)
  }
}

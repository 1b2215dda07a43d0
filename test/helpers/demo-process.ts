import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { localRedisFiles } from '../../src/queue/local-redis-files.ts'
import { livingServer } from '../../src/queue/local-redis-probe.ts'

const CLI = fileURLToPath(new URL('../../src/streakline.js', import.meta.url))

export interface DemoRun {
  /** What it has printed so far, or altogether. */
  readonly output: string
  /** null when a signal ended it. */
  readonly exitCode: number | null
}

export interface DemoRunOptions {
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Sends the signal as soon as this has been printed, and `meanwhile`, given what was printed, has resolved. */
  readonly endAt?: {
    readonly text: string
    readonly signal: NodeJS.Signals
    readonly meanwhile?: (output: string) => Promise<void>
  }
}

/** Runs the demo on a free port as a process of its own, without the caller's MongoDB and colours, to its end. */
export async function runDemoProcess({ args, env = {}, endAt }: DemoRunOptions): Promise<DemoRun> {
  const { MONGODB_URI: _, FORCE_COLOR: __, ...inherited } = process.env
  const child = spawn(process.execPath, [CLI, 'demo', '--port', '0', ...args], {
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let meanwhile: Promise<void> | undefined
  const onData = (chunk: Buffer): void => {
    output += chunk.toString()
    if (endAt === undefined || meanwhile !== undefined || !output.includes(endAt.text)) return
    const end = (): void => void child.kill(endAt.signal)
    if (endAt.meanwhile === undefined) end()
    meanwhile = (endAt.meanwhile?.(output) ?? Promise.resolve()).finally(end)
    meanwhile.catch(() => {})
  }
  child.stdout.on('data', onData)
  child.stderr.on('data', onData)
  const exitCode = await ending(child)
  await meanwhile
  return { output, exitCode }
}

async function ending(child: ChildProcess): Promise<number | null> {
  const [code] = await once(child, 'close')
  return code as number | null
}

/** The process id of the redis-server that runs in a demo's folder; undefined when none does. */
export async function redisOf(folder: string): Promise<number | undefined> {
  return await livingServer(await localRedisFiles(join(folder, 'data')))
}

const CODE = /[2-9A-Z]{5}-[2-9A-Z]{5}-[2-9A-Z]{5}|FIFTY-\d\d/g

/** The coupon codes that were printed, in order, without repetitions. */
export function couponCodes(text: string): string[] {
  return [...new Set(text.match(CODE) ?? [])]
}

/** The table of shoppers at the end, its coupon codes blotted out. */
export function tableOf(output: string): string[] {
  const lines = output.split('\n')
  const from = lines.findIndex((line) => line.startsWith('shopper '))
  const until = lines.indexOf('', from)
  return from === -1 ? [] : lines.slice(from, until).map((line) => line.replace(CODE, 'CODE'))
}

/** The table of the platforms' books after it, codes and dates blotted out. */
export function booksOf(output: string): string[] {
  const lines = output.split('\n')
  const from = lines.findIndex((line) => line.startsWith('in the books of '))
  const until = lines.indexOf('', from)
  if (from === -1) return []
  return lines
    .slice(from, until)
    .map((line) => line.replace(CODE, 'CODE').replace(/\d{4}-\d\d-\d\d$/, 'DATE'))
}

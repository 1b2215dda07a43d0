import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Double } from '../../../src/doubles/parts/double.ts'
import { tell } from '../../helpers/doubles.ts'
import { until } from '../../helpers/until.ts'
import type { Said, Task, Work } from './child.ts'
import type { Scene } from './scene.ts'

const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url))
const WITHIN_MS = 300_000

/** A worker process that does these tasks. */
function startWorker(scene: Scene, tasks: readonly Task[]): ChildProcess {
  const { place, shop, now } = scene
  const child = fork(CHILD, { execArgv: ['--no-warnings'], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  // it may be killed while it is being told
  child.on('error', () => {})
  const platformOrigins = { [shop.kind]: shop.double.origin }
  child.send({ place, platformOrigins, now, tasks } satisfies Work, () => {})
  return child
}

/** Requests that the platform left without an answer so far. */
async function heldBy(double: Double): Promise<number> {
  const { requests } = await tell<{ requests: { fault: string | null }[] }>(double, 'GET /requests')
  return requests.filter(({ fault }) => fault?.startsWith('timeout') ?? false).length
}

/**
 * Kills a worker process once each of its tasks has come to where it stands still, or to a request that the platform does
 * not answer. The store must be nobody else's, where it is a file.
 */
export async function killWorker(scene: Scene, tasks: readonly Task[]): Promise<void> {
  const { double } = scene.shop
  const before = await heldBy(double)
  const child = startWorker(scene, tasks)
  const exited = once(child, 'exit')
  let standing = 0
  child.on('message', (said: Said) => {
    if (said === 'standing') standing += 1
  })
  try {
    await until(async () => standing + (await heldBy(double)) - before >= tasks.length, WITHIN_MS)
  } finally {
    child.kill('SIGKILL')
    await exited
  }
}

/** Has several worker processes do the same tasks at once. */
export async function workTogether(scene: Scene, processes: number, tasks: readonly Task[]): Promise<void> {
  const children = Array.from({ length: processes }, () => startWorker(scene, tasks))
  await Promise.all(children.map((child) => once(child, 'exit')))
}

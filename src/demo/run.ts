import { once } from 'node:events'
import { relative } from 'node:path'
import { AppError } from '../errors.ts'
import { placesIn, wipe, withFolder } from './folder.ts'
import { keepLines } from './lines.ts'
import { dropDatabase } from './mongo.ts'
import type { Stage } from './setup.ts'
import { endLeftovers, type RunningDemo, startDemo } from './start.ts'
import { type DemoState, newState, readState, type StoreChoice, writeState } from './state.ts'
import { tell } from './tell.ts'
import type { Terminal } from './terminal.ts'

export interface DemoOptions {
  readonly folder: string
  readonly store: StoreChoice
  /** MONGODB_URI; null where it is not set. */
  readonly mongodbUri: string | null
  /** null: 8080, or any that is free. */
  readonly port: number | null
  readonly fresh: boolean
  readonly keep: boolean
  /** Whether doubles run beside it also of platforms that are no part of the story. */
  readonly platforms: boolean
  readonly terminal: Terminal
  /** Ends the demo, or the staying after it. */
  readonly signal: AbortSignal
}

/**
 * Runs the demo to its end, from wherever an earlier run in the folder stopped. Leaves nothing running.
 * @returns whether everything came out as expected
 * @throws AppError for what a person can mend; the signal's reason when it was told to stop before the end
 */
export async function runDemo(options: DemoOptions): Promise<boolean> {
  const { folder, port, mongodbUri, platforms, terminal, signal } = options
  return await withFolder(folder, async () => {
    const state = await takeUp(options)
    const demo = await startDemo({
      folder,
      state,
      port,
      mongodbUri,
      platforms,
      say: (text) => terminal.line(text),
    })
    try {
      signal.throwIfAborted()
      const { ok, stage } = await tell(demo, terminal, signal)
      await writeState(folder, { ...demo.state, phase: 'done' })
      if (!ok) terminal.line(`The log is ${placesIn(folder).log}.`)
      if (options.keep) await stay(demo, stage, options)
      return ok
    } finally {
      await demo.close()
    }
  })
}

/** The state of the demo in the folder; a new one where there is none or the last one reached its end. */
async function takeUp({ folder, store, mongodbUri, fresh, terminal }: DemoOptions): Promise<DemoState> {
  const shown = shownPath(folder)
  const found = await readState(folder)
  if (found !== null && found.store !== store) {
    throw new AppError(
      'CONFLICT',
      `${shown} holds a demo with --store ${found.store}: name another folder with --data-dir`,
    )
  }
  if (found?.phase === 'playing' && !fresh) {
    terminal.line(`Taking up the demo in ${shown} that stopped before its end.`)
    return found
  }
  if (found !== null) {
    await endLeftovers(folder)
    if (found.mongo !== null) await dropDatabase(found.mongo, mongodbUri)
    await wipe(folder)
  }
  const state = newState(store, mongodbUri === null ? 'local' : 'given', Date.now())
  await writeState(folder, state)
  terminal.line(`A new demo, with its data in ${shown}.`)
  return state
}

function shownPath(folder: string): string {
  const path = relative('', folder)
  return path === '' || path.startsWith('..') ? folder : path
}

async function stay(demo: RunningDemo, stage: Stage, { terminal, signal }: DemoOptions): Promise<void> {
  for (const line of await keepLines(demo, stage, Date.now())) terminal.line(line)
  if (!signal.aborted) await once(signal, 'abort')
}

import { connectorFor } from '../connectors/registry.ts'
import { type ReadBody, type Reading, type Refused, readHere, type Unread } from './inbox/reading.ts'
import { AskedThread } from './threads/asked-thread.ts'

/** Orders have 5 to 20 kB. A body of this size, all of it line items, takes 10 ms. */
const LARGE_BYTES = 64 * 1024
/** Platforms give up after 5 s, and send again. */
const MAX_WAITING = 256
const MAX_WAIT_MS = 4_000
const IDLE_MS = 30_000

export interface Bodies {
  readonly read: ReadBody
  close(): Promise<void>
}

/** Reads small bodies at once and large ones in a thread of their own, so that nobody waits for somebody's 8 MiB. */
export function composeBodies(): Bodies {
  const thread = new AskedThread<Unread, Reading | Refused>({
    file: new URL('./compose-body-thread.ts', import.meta.url),
    maxWaiting: MAX_WAITING,
    maxWaitMs: MAX_WAIT_MS,
    idleMs: IDLE_MS,
  })
  return {
    read: (unread) =>
      unread.rawBody.byteLength < LARGE_BYTES ? readHere({ connectorFor }, unread) : thread.ask(unread),
    close: () => thread.close(),
  }
}

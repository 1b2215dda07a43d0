import { dueBackfills, type RunDeps, runBackfill } from './run.ts'

/** Of one process at a time: each holds a page of orders. */
const MAX_AT_ONCE = 2

export interface Backfills {
  /** Takes up what nobody works on; does not wait for it. */
  attend(): Promise<void>
  /** Lets pages that are being taken in finish; others go on with the rest. Idempotent. */
  close(): Promise<void>
}

/** Works on backfills and reconciles beside everything else. */
export function createBackfills(deps: RunDeps): Backfills {
  const stopping = new AbortController()
  const running = new Map<string, Promise<void>>()

  function begin(backfill: Awaited<ReturnType<typeof dueBackfills>>[number]): void {
    const work = runBackfill(deps, backfill, stopping.signal)
      .catch((error: unknown) =>
        deps.logger.warn({ err: error, backfillId: backfill.id }, 'a backfill was interrupted'),
      )
      .finally(() => running.delete(backfill.id))
    running.set(backfill.id, work)
  }

  return {
    async attend() {
      const free = MAX_AT_ONCE - running.size
      if (free <= 0 || stopping.signal.aborted) return
      for (const backfill of await dueBackfills(deps, free + running.size)) {
        if (running.size < MAX_AT_ONCE && !running.has(backfill.id)) begin(backfill)
      }
    },
    async close() {
      stopping.abort()
      await Promise.all(running.values())
    },
  }
}

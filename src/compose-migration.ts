import { setTimeout as wait } from 'node:timers/promises'
import { isRetryable } from './errors.ts'
import type { Logger } from './ports/logger.ts'
import type { MigrateOptions, MigrationProgress, Store } from './ports/store.ts'

const TELL_EVERY_MS = 1_000
const TRY_AGAIN_AFTER_MS = 10_000

/**
 * Brings a store to this version's shape and says so. With `fills` what may be filled beside the program goes on after
 * it has resolved, until the store is closed. @throws AppError CONFLICT when a newer version wrote the store
 */
export async function bringForward(store: Store, logger: Logger, options: { fills: boolean }): Promise<void> {
  const outstanding = await store.outstanding()
  if (outstanding.length === 0) return
  const log = migrationLog(logger)
  try {
    if ((await store.schemaVersion()) > 0) logger.info({ outstanding }, 'the store is brought forward')
    await store.migrate({ usable: true, onProgress: log.onProgress })
  } finally {
    log.end()
  }
  if (options.fills && (await store.outstanding()).length > 0) void fillBeside(store, logger)
}

/** What it needs may pass by itself; what cannot is for a person to see. */
async function fillBeside(store: Store, logger: Logger): Promise<void> {
  for (;;) {
    const log = migrationLog(logger)
    try {
      await store.migrate({ onProgress: log.onProgress })
      return
    } catch (error) {
      // closed meanwhile: the next start goes on
      if (await isClosed(store)) return
      if (!isRetryable(error)) {
        logger.error(
          { err: error },
          'rows could not be filled: see to the cause, then run streakline migrate',
        )
        return
      }
      logger.warn({ err: error }, 'filling rows is put off')
    } finally {
      log.end()
    }
    await wait(TRY_AGAIN_AFTER_MS, undefined, { ref: false })
  }
}

async function isClosed(store: Store): Promise<boolean> {
  return await store.ping().then(
    () => false,
    (error: unknown) => error instanceof Error && /closed/.test(error.message),
  )
}

export interface MigrationLog {
  readonly onProgress: NonNullable<MigrateOptions['onProgress']>
  /** Idempotent. */
  end(): void
}

/** A line for each step that takes longer than a second, and one a second while it lasts. */
export function migrationLog(logger: Logger): MigrationLog {
  let step: MigrationProgress | undefined
  let begunMs = 0
  let toldMs = 0
  const tell = (): void => {
    const nowMs = performance.now()
    if (step === undefined || nowMs - toldMs < TELL_EVERY_MS) return
    toldMs = nowMs
    const { what, done, total } = step
    const seconds = Math.round((nowMs - begunMs) / 1000)
    logger.info(
      { step: what, ...(done !== null && { done, total }), seconds },
      'the store is brought forward',
    )
  }
  const timer = setInterval(tell, TELL_EVERY_MS)
  timer.unref()
  return {
    onProgress(progress) {
      // a step that left no time to speak is told when it has ended
      tell()
      if (progress.what !== step?.what) {
        begunMs = performance.now()
        toldMs = begunMs
      }
      step = progress
      tell()
    },
    end() {
      tell()
      step = undefined
      clearInterval(timer)
    },
  }
}

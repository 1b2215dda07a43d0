import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { connectorFor } from '../connectors/registry.ts'
import { createProcessItems } from '../workers/activity/process.ts'
import { createBackfills } from '../workers/backfill/backfills.ts'
import { createForesee } from '../workers/backfill/foresee.ts'
import { beginNightly } from '../workers/backfill/nights.ts'
import type { TakeInDeps } from '../workers/backfill/take-in.ts'
import {
  type BackfillDeps,
  type BackfillOrder,
  beginBackfill,
  beginReconcile,
  cancelBackfill,
  cancelBackfillsOf,
} from './backfill/begin.ts'
import type { Installations } from './compose-installing.ts'
import { createRecorder } from './engine/record.ts'
import { createIdSource } from './ids.ts'
import { readHere } from './inbox/reading.ts'
import type { Reconciles } from './installing/deps.ts'
import type { Logger } from './ports/logger.ts'
import type { JobQueue } from './ports/queue.ts'
import { drawCode, foldCode } from './rewards/code.ts'

const NIGHTS_EACH_MS = 5 * 60_000

interface Parts extends Omit<BackfillDeps, 'newId' | 'hands'> {
  readonly logger: Logger
  readonly installations: Pick<Installations, 'door' | 'hands'>
  readonly processItems: TakeInDeps['processItems']
}

/** What workers do about past orders. */
export interface BackfillWork {
  attend(): Promise<void>
  close(deadlineMs: number): Promise<void>
}

/** @param isNightly whether it begins the reconciles of the night, too */
export function composeBackfills(parts: Parts, isNightly = true): BackfillWork {
  const { store, clock, logger, installations } = parts
  const newId = createIdSource(clock.now)
  const backfills = createBackfills({
    ...{ store, clock, logger, newId, connectorFor },
    door: installations.door,
    read: (unread) => readHere({ connectorFor }, unread),
    processItems: parts.processItems,
    foresee: createForesee({ store, clock, newId }),
  })
  const deps = { store, clock, newId, hands: installations.hands }
  const begin = (accountId: string, connectorId: string) =>
    beginReconcile(deps, accountId, connectorId).catch((error: unknown) =>
      logger.warn({ err: error, connectorId }, 'a nightly reconcile could not be begun'),
    )
  let nightsAt = 0
  return {
    async attend() {
      await backfills.attend()
      if (!isNightly || clock.now() < nightsAt) return
      nightsAt = clock.now() + NIGHTS_EACH_MS
      await beginNightly({ store, clock, begin })
    },
    async close(deadlineMs) {
      const closed = backfills.close()
      await Promise.race([closed, delay(deadlineMs, undefined, { ref: false })])
    },
  }
}

/** For a command that runs beside the program, or without it: whoever is first works on what was begun. */
export function composeBackfillCommand(parts: Omit<Parts, 'processItems'> & Pick<BackfillDeps, 'newId'>) {
  const { store, clock, logger, newId, installations } = parts
  const deps = { store, clock, newId, hands: installations.hands }
  const work = (): BackfillWork => {
    const sources = { newId, drawCode: drawn }
    // rewards and reports that become due are found by the sweep of the workers
    const queue = { enqueue: async () => {} } as unknown as JobQueue
    const recorder = createRecorder({ store, queue, clock, logger, sources })
    const processItems = createProcessItems({ store, recorder, clock, logger })
    const backfills = composeBackfills({ ...parts, processItems }, false)
    return {
      attend: backfills.attend,
      async close(deadlineMs) {
        await backfills.close(deadlineMs)
        await recorder.drain()
      },
    }
  }
  return {
    begin: (accountId: string, connectorId: string, order: BackfillOrder) =>
      beginBackfill(deps, accountId, connectorId, order),
    reconcile: (accountId: string, connectorId: string) => beginReconcile(deps, accountId, connectorId),
    cancel: (accountId: string, id: string) => cancelBackfill(deps, accountId, id),
    work,
  }
}

function drawn(prefix: string): { code: string; foldedCode: string } {
  const code = drawCode(prefix, randomBytes)
  return { code, foldedCode: foldCode(code) }
}

/** What installing asks of reconciles. */
export function reconcilesOf(deps: BackfillDeps & { readonly logger: Logger }): Reconciles {
  return {
    begin(accountId, connectorId) {
      beginReconcile(deps, accountId, connectorId).catch((error: unknown) =>
        deps.logger.warn({ err: error, connectorId }, 'a reconcile could not be begun; the next night does'),
      )
    },
    end: (accountId, connectorId) => cancelBackfillsOf(deps, accountId, connectorId),
  }
}

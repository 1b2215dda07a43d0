import { change } from '../ports/changes.ts'
import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import type { Row } from '../ports/schema.ts'
import type { Store } from '../ports/store.ts'

/** Anybody can send a ping: one write a second and connector is enough to say that there are any. */
const WRITE_AFTER_MS = 1_000
const MAX_CONNECTORS = 1_000

/** Notes when a platform last asked whether somebody listens. Best effort: nothing follows from it. */
export function createPingBook(store: Store, clock: Clock, logger: Logger) {
  const written = new Map<string, number>()
  return {
    async note({ id, accountId }: Row<'connector'>): Promise<void> {
      const now = performance.now()
      const last = written.get(id)
      if (last !== undefined && now - last < WRITE_AFTER_MS) return
      if (written.size >= MAX_CONNECTORS) written.clear()
      written.set(id, now)
      // its id is the connector's; connectors of before there were installations have none
      const pinged = change('installation', { id, accountId }, {}, { pingedAt: clock.now() })
      await store
        .commit([pinged])
        .catch((error: unknown) => logger.warn({ err: error, connectorId: id }, 'a ping was not noted'))
    },
  }
}

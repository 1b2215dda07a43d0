import { findRow } from '../commit/planned.ts'
import { change } from '../ports/changes.ts'
import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import type { Refusal } from '../ports/schema/values.ts'
import type { Row } from '../ports/schema.ts'
import type { Store } from '../ports/store.ts'

const KEPT = 20
const WRITE_AFTER_MS = 1000
const MAX_CONNECTORS = 1000
const MAX_TRIES = 5
/** Of one connector in a second: more are made up. */
const MAX_TOPICS = 50

interface Noted {
  readonly accountId: string
  count: number
  latest: Refusal[]
  readonly topics: Set<string>
}

/**
 * Counts refused webhooks on their connector and keeps the last 20. Whoever forges requests must not make us write
 * for each: they are gathered and written once a second. Best effort: a crash may lose the last second's.
 */
export function createRefusalBook(store: Store, clock: Clock, logger: Logger) {
  let noted = new Map<string, Noted>()
  let timer: NodeJS.Timeout | null = null
  let writing: Promise<void> = Promise.resolve()

  const write = async (): Promise<void> => {
    const batch = noted
    noted = new Map()
    for (const [connectorId, arrival] of batch) {
      for (let tries = 0; tries < MAX_TRIES; tries += 1) if (await add(connectorId, arrival)) break
    }
  }
  /** False when another process counted at the same moment. */
  const add = async (connectorId: string, { accountId, count, latest, topics }: Noted): Promise<boolean> => {
    const row = await findRow(store, 'connector', accountId, connectorId)
    if (row === null) return true
    const recentRefusals = [...row.recentRefusals, ...latest].slice(-KEPT)
    const set = { refusedCount: row.refusedCount + count, recentRefusals }
    const guard = { refusedCount: row.refusedCount }
    const changes = [change('connector', row, guard, set), ...(await topicChanges(connectorId, topics))]
    const result = await store.commit(changes)
    return result.outcome === 'committed'
  }
  /** Of what a stranger called it only topics are kept that the platform was asked for: nothing of theirs. */
  const topicChanges = async (id: string, topics: ReadonlySet<string>) => {
    const [installation] = topics.size === 0 ? [] : await store.findByKeys('installation', ['id'], [[id]])
    const known = (installation?.subscriptions ?? []).filter(({ topic }) => topics.has(topic))
    if (installation === undefined || known.length === 0) return []
    const now = known.map(({ topic }) => [topic, clock.now()] as const)
    const refusedByTopic = { ...installation.refusedByTopic, ...Object.fromEntries(now) }
    return [change('installation', installation, {}, { refusedByTopic })]
  }
  const flush = (): Promise<void> => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    writing = writing
      .then(write)
      .catch((error: unknown) => logger.warn({ err: error }, 'refused webhooks could not be noted'))
    return writing
  }

  return {
    note(connector: Row<'connector'>, reason: string, topic?: string): void {
      const arrival = noted.get(connector.id) ?? {
        accountId: connector.accountId,
        count: 0,
        latest: [],
        topics: new Set<string>(),
      }
      arrival.count += 1
      if (topic !== undefined && arrival.topics.size < MAX_TOPICS) arrival.topics.add(topic)
      arrival.latest = [...arrival.latest, { at: clock.now(), reason }].slice(-KEPT)
      if (noted.size < MAX_CONNECTORS) noted.set(connector.id, arrival)
      timer ??= setTimeout(() => void flush(), WRITE_AFTER_MS)
    },
    close: flush,
  }
}

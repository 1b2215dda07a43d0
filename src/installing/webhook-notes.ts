import { change } from '../ports/changes.ts'
import type { Clock, Instant } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import type { Row } from '../ports/schema.ts'
import type { Store } from '../ports/store.ts'
import { readPlace, writePlace } from './place.ts'

const WRITE_AFTER_MS = 1000
const MAX_CONNECTORS = 10_000

type Connector = Pick<Row<'connector'>, 'id' | 'accountId'>
type Times = { readonly [F in 'firstWebhookAt' | 'lastWebhookAt' | 'pingedAt']?: Instant }

export interface WebhookNotesDeps {
  readonly store: Store
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * Notes when webhooks came whose signature was right, whatever became of them: the first of a connector before it is
 * answered, the last within a second, for a write of each would cost what the webhook itself costs. Best effort: what
 * cannot be noted is logged, and a crash may lose the last second's.
 */
export function createWebhookNotes(deps: WebhookNotesDeps) {
  const { store, clock, logger } = deps
  /** Connectors that have had their first. */
  const begun = new Set<string>()
  /** Those whose first is being noted: what comes at the same time waits for it instead of writing the same row. */
  const beginning = new Map<string, Promise<void>>()
  let latest = new Map<string, { readonly connector: Connector; readonly at: Instant }>()
  let timer: NodeJS.Timeout | null = null
  let writing: Promise<void> = Promise.resolve()

  /** Not guarded by the revision, so that nobody who acts on the row meanwhile has to begin anew. */
  async function set(connector: Connector, times: Times): Promise<void> {
    const { outcome } = await store.commit([change('installation', connector, {}, times)])
    if (outcome === 'committed') return
    // of before there were installations, or gone
    await writePlace(deps, connector.accountId, connector.id, () => ({ installation: times }))
  }

  const best = (what: Promise<void>): Promise<void> =>
    what.catch((error: unknown) => logger.warn({ err: error }, 'the time of a webhook could not be noted'))

  async function first(connector: Connector, at: Instant): Promise<void> {
    const { installation } = await readPlace(store, connector.accountId, connector.id)
    if (installation.firstWebhookAt === null) await set(connector, { firstWebhookAt: at, lastWebhookAt: at })
    if (begun.size >= MAX_CONNECTORS) begun.clear()
    begun.add(connector.id)
  }

  function begin(connector: Connector, at: Instant): Promise<void> {
    const noted = best(first(connector, at)).finally(() => beginning.delete(connector.id))
    beginning.set(connector.id, noted)
    return noted
  }

  async function write(): Promise<void> {
    const batch = latest
    latest = new Map()
    for (const { connector, at } of batch.values()) await best(set(connector, { lastWebhookAt: at }))
  }

  function noteLast(connector: Connector, at: Instant): void {
    if (latest.size < MAX_CONNECTORS) latest.set(connector.id, { connector, at })
    timer ??= setTimeout(() => void flush(), WRITE_AFTER_MS)
  }

  function flush(): Promise<void> {
    if (timer !== null) clearTimeout(timer)
    timer = null
    writing = writing.then(write)
    return writing
  }

  return {
    /** Resolves once the first one is noted; null for all others, for which nothing is waited. */
    arrived(connector: Connector): Promise<void> | null {
      const at = clock.now()
      if (begun.has(connector.id)) {
        noteLast(connector, at)
        return null
      }
      return (beginning.get(connector.id) ?? begin(connector, at)).then(() => noteLast(connector, at))
    },
    pinged: (connector: Connector) => best(set(connector, { pingedAt: clock.now() })),
    close: flush,
  }
}

export type WebhookNotes = ReturnType<typeof createWebhookNotes>

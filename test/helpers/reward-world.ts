import { randomBytes, randomUUID } from 'node:crypto'
import { createSecretBox } from '../../src/crypto/secret-box.ts'
import type { Trouble } from '../../src/ports/coupon-provider.ts'
import type { Logger } from '../../src/ports/logger.ts'
import type { JobContext, RewardJob } from '../../src/ports/queue.ts'
import type { RewardSpec } from '../../src/ports/schema/values.ts'
import type { CollectionName, Row } from '../../src/ports/schema.ts'
import type { Store } from '../../src/ports/store.ts'
import { row } from '../contract/store/rows.ts'
import { credentialsOf } from './secret-places.ts'

export const NOW = Date.parse('2026-11-22T10:00:00Z')
/** A provider that does not answer. */
export const FAULT: Trouble = {
  outcome: 'retry',
  trouble: 'fault',
  reason: 'PROVIDER_TIMEOUT: the coupon service did not answer in time',
  retryAfterMs: null,
}

export const clock = { now: () => NOW }
export const encryptionKey = randomBytes(32).toString('base64')
export const secretBox = createSecretBox([encryptionKey])

export async function insert<C extends CollectionName>(
  store: Store,
  collection: C,
  given: Partial<Row<C>>,
): Promise<Row<C>> {
  const made = row(collection, given)
  const result = await store.commit([
    { op: 'insert', collection, row: made } as Parameters<Store['commit']>[0][number],
  ])
  if (result.outcome !== 'committed') throw new Error(`${collection} not inserted: ${result.reason}`)
  return made
}

export async function read<C extends CollectionName>(
  store: Store,
  collection: C,
  id: string,
): Promise<Row<C>> {
  const [found] = await store.findByKeys(collection, ['id'], [[id]])
  if (found === undefined) throw new Error(`no ${collection} ${id}`)
  return found
}

export interface RewardWorld {
  readonly accountId: string
  readonly providerId: string
  readonly memberId: string
  /** A reward log that waits for its coupon; `spec` is what its milestone gives, null for a manual one. */
  addReward(given?: Partial<Row<'reward_log'>>, spec?: Partial<RewardSpec> | null): Promise<Row<'reward_log'>>
}

/** An account with a member and a coupon provider. */
export async function makeRewardWorld(
  store: Store,
  provider: Pick<Row<'coupon_provider'>, 'provider' | 'settings'>,
  credentials: object | null = null,
): Promise<RewardWorld> {
  const accountId = randomUUID()
  const member = await insert(store, 'member', { accountId, externalId: 'customer-1', status: 'live' })
  const providerId = randomUUID()
  const place = credentialsOf('coupon_provider', providerId)
  const sealedCredentials = credentials === null ? null : secretBox.seal(JSON.stringify(credentials), place)
  await insert(store, 'coupon_provider', {
    id: providerId,
    accountId,
    ...provider,
    sealedCredentials,
  })
  return {
    accountId,
    providerId,
    memberId: member.id,
    addReward(given = {}, spec = {}) {
      const waits = spec !== null
      return insert(store, 'reward_log', {
        accountId,
        ownedById: member.id,
        createdAt: NOW,
        updatedAt: NOW,
        standing: true,
        fulfilmentStatus: 'pending',
        reward: waits ? { providerId, discount: { percentage: '10' }, ...spec } : null,
        drawnCode: waits ? `DRAWN-${randomUUID().toUpperCase()}` : null,
        dueAt: waits ? NOW : null,
        attempt: 0,
        waitingForProviderId: waits ? (spec?.providerId ?? providerId) : null,
        revision: 1,
        ...given,
      })
    },
  }
}

export function jobOf(reward: Row<'reward_log'>): RewardJob {
  return { accountId: reward.accountId, rewardLogId: reward.id, attempt: reward.attempt }
}

export function jobContext(given: Partial<JobContext> = {}): JobContext {
  return { tryNumber: 1, lastTry: false, jobId: 'job', signal: new AbortController().signal, ...given }
}

/** Keeps every line it is given, for tests of what must not be in a log. */
export function collectingLogger(): { readonly logger: Logger; readonly lines: string[] } {
  const lines: string[] = []
  const keep = (fields: object, message: string) => void lines.push(JSON.stringify({ ...fields, message }))
  const logger: Logger = { debug: keep, info: keep, warn: keep, error: keep, child: () => logger }
  return { logger, lines }
}

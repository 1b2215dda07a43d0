import { randomInt } from 'node:crypto'
import { z } from 'zod'
import { change } from '../ports/changes.ts'
import type { Clock } from '../ports/clock.ts'
import { ascending, equal } from '../ports/conditions.ts'
import type {
  CouponProvider,
  CouponRequest,
  IssueOutcome,
  RevokeOutcome,
  RevokeRequest,
} from '../ports/coupon-provider.ts'
import type { Row } from '../ports/schema.ts'
import type { Store } from '../ports/store.ts'

/** Workers that race for codes pick among this many: the same row for all would make all but one try again. */
const CANDIDATES = 64

export interface PoolProviderOptions {
  readonly store: Store
  readonly clock: Clock
  /** A whole number from 0 to below `limit`, at random. */
  readonly pick?: (limit: number) => number
}

/**
 * Hands out the codes that the merchant uploaded (`coupon_code` rows of source `pool`), roughly oldest first, each to
 * one reward. The claim is a change that goes into the commit which makes the reward issued; so a code is taken if and
 * only if a reward has it. A claim that another worker won is a conflict of that commit: ask again.
 */
export function createPoolProvider(options: PoolProviderOptions): CouponProvider {
  const { store, clock, pick = (limit: number) => randomInt(limit) } = options

  async function issue(request: CouponRequest): Promise<IssueOutcome> {
    const { accountId, providerId, rewardLogId } = request
    const own = await store.findByKeys(
      'coupon_code',
      ['accountId', 'providerId', 'rewardLogId'],
      [[accountId, providerId, rewardLogId]],
    )
    const claimed = own.find((row) => row.source === 'pool')
    if (claimed !== undefined) return { outcome: 'issued', code: claimed.code, expiresAt: null }

    const unused = await findUnused(store, accountId, providerId)
    const chosen = unused[pick(unused.length || 1)]
    if (chosen === undefined) {
      return {
        outcome: 'retry',
        trouble: 'waiting',
        reason: 'POOL_EMPTY: every code of this pool has been handed out; upload more',
        retryAfterMs: null,
      }
    }
    return {
      outcome: 'issued',
      code: chosen.code,
      expiresAt: null,
      changes: [
        change('coupon_code', chosen, { rewardLogId: null }, { rewardLogId, updatedAt: clock.now() }),
      ],
    }
  }

  /** A code that was handed out cannot be taken back: shops know it. One that never was, is not used. */
  async function revoke({ accountId, providerId, rewardLogId }: RevokeRequest): Promise<RevokeOutcome> {
    const fields = ['accountId', 'providerId', 'rewardLogId'] as const
    const taken = await store.findByKeys('coupon_code', fields, [[accountId, providerId, rewardLogId]])
    return { outcome: 'revoked', used: taken.length === 0 ? 'no' : 'unknown' }
  }

  return { kind: 'pool', claims: true, settings: z.strictObject({}), credentials: null, issue, revoke }
}

function findUnused(store: Store, accountId: string, providerId: string): Promise<Row<'coupon_code'>[]> {
  return store.find('coupon_code', {
    where: equal({ accountId, providerId, rewardLogId: null, source: 'pool' }),
    sort: ascending('createdAt', 'id'),
    limit: CANDIDATES,
  })
}

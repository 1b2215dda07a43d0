import type { Connector, CouponProvider, Streak } from '../../client/schema.ts'
import { countOf, list } from './records.ts'

/** Of what a merchant has set up there are few; more than these no page shows at once. */
const MOST = 50

const few = async <T>(slug: string, signal: AbortSignal): Promise<readonly T[]> =>
  (await list<T>(slug, { limit: MOST, signal })).data

export const readStreaks = (signal: AbortSignal) => few<Streak>('streak', signal)
export const readConnectors = (signal: AbortSignal) => few<Connector>('connector', signal)
export const readProviders = (signal: AbortSignal) => few<CouponProvider>('coupon_provider', signal)

/** How many codes of a pool nobody has yet. @throws Failure */
export function codesLeft(providerId: string): Promise<number> {
  return countOf('coupon_code', {
    and: [
      { fieldSlug: 'providerId', operator: 'EQUALS', value: providerId },
      { fieldSlug: 'rewardLogId', operator: 'IS_NULL' },
    ],
  })
}

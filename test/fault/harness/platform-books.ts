import type { Row } from '../../../src/ports/schema.ts'
import type { Coupon, ShopOwner } from '../books/shop.ts'
import type { Api } from './api.ts'

const CALL_WITHIN_MS = 60_000

/** The owner of a shop, in an installation that falls over now and then. */
export function ownerAt(api: Api): ShopOwner {
  const insist = async (method: string, path: string, body: object) => {
    const { status, text } = await api.insist(
      method,
      path,
      body,
      (answer) => answer.status > 0 && answer.status < 500,
      CALL_WITHIN_MS,
    )
    return { status, text }
  }
  return {
    create: (slug, body) => api.create(slug, body),
    post: (path, body) => insist('POST', path, body),
    patch: (path, body) => insist('PATCH', path, body),
  }
}

export interface JudgedBooks {
  readonly doubled: number
  readonly wrong: readonly string[]
}

/**
 * Rewards against the books of the platform that made their coupons: one that can be used for each that was issued,
 * with its code; none that can for one that was taken back; none at all for a reward that was never granted.
 */
export function judgeBooks(books: readonly Coupon[], rewards: readonly Row<'reward_log'>[]): JudgedBooks {
  const byId = new Map(rewards.map((reward) => [reward.id, reward]))
  const byCode = new Map(rewards.map((reward) => [reward.drawnCode, reward]))
  const owner = ({ rewardLogId, code }: Coupon) =>
    (rewardLogId === null ? byCode.get(code) : byId.get(rewardLogId)) ?? null
  const byReward = Map.groupBy(books, owner)
  const strangers = byReward.get(null) ?? []
  const owned = byReward.size - (byReward.has(null) ? 1 : 0)
  return {
    doubled: books.length - strangers.length - owned,
    wrong: [
      ...rewards.flatMap((reward) => faultOf(reward, byReward.get(reward) ?? [])),
      ...strangers.map(({ code }) => `${code} is in the books, for no reward`),
    ],
  }
}

function faultOf(reward: Row<'reward_log'>, coupons: readonly Coupon[]): string[] {
  const { id, fulfilmentStatus: status, couponCode } = reward
  const alive = coupons.filter(({ isAlive }) => isAlive).map(({ code }) => code)
  if (status !== 'issued') {
    return alive.length === 0 ? [] : [`${id} is ${status}, and ${alive.join(', ')} can be used`]
  }
  if (coupons.length === 1 && alive[0] === couponCode) return []
  return [`${id} shows ${couponCode}, and of its ${coupons.length} coupons ${alive.join(', ')} can be used`]
}

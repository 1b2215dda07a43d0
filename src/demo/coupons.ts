import type { RewardLog, StreaklineClient } from '../client/index.ts'
import { poll } from './poll.ts'

export interface CouponWatch {
  /** Rewards that were just granted. */
  expect(rewards: readonly RewardLog[], who: string): void
  /** Tells of those that have been issued, or have failed, within `timeoutMs`; the others are waited for next time. */
  settle(timeoutMs: number): Promise<void>
}

interface Waiting {
  readonly id: string
  readonly who: string
}

/** Looks out for the coupons of rewards that were granted: they are made a moment later, by a worker. */
export function watchCoupons(
  api: StreaklineClient,
  signal: AbortSignal,
  tell: (who: string, text: string, issued: boolean) => void,
): CouponWatch {
  const seen = new Set<string>()
  let waiting: Waiting[] = []

  async function look(): Promise<true | null> {
    const still: Waiting[] = []
    for (const { id, who } of waiting) {
      const reward = await api.rewardLog.get(id)
      const name = reward.milestone?.name
      if (reward.fulfilmentStatus === 'issued') {
        tell(who, `coupon ${reward.couponCode} (${discountOf(reward)}) for "${name}"`, true)
      } else if (reward.fulfilmentStatus === 'failed') {
        tell(who, `no coupon for "${name}": ${reward.failureReason}`, false)
      } else {
        still.push({ id, who })
      }
    }
    waiting = still
    return waiting.length === 0 ? true : null
  }

  return {
    expect(rewards, who) {
      for (const { id } of rewards) {
        if (!seen.has(id)) waiting.push({ id, who })
        seen.add(id)
      }
    },
    async settle(timeoutMs) {
      if (waiting.length > 0) await poll(timeoutMs, signal, look)
    },
  }
}

/** What a coupon is worth: `10 %`, `5 EUR`. */
export function discountOf({ reward }: RewardLog): string {
  if (reward === null) return 'no discount'
  const { discount } = reward
  return 'percentage' in discount ? `${discount.percentage} %` : `${discount.amount} ${discount.currency}`
}

import { type ApiClient, poll } from './client.ts'
import { discountOf, type RewardLogRecord } from './records.ts'

export interface CouponWatch {
  /** Rewards that were just granted. */
  expect(rewards: readonly RewardLogRecord[], who: string): void
  /** Tells of those that have been issued, or have failed, within `timeoutMs`; the others are waited for next time. */
  settle(timeoutMs: number): Promise<void>
}

interface Waiting {
  readonly id: string
  readonly who: string
}

/** Looks out for the coupons of rewards that were granted: they are made a moment later, by a worker. */
export function watchCoupons(
  api: ApiClient,
  signal: AbortSignal,
  tell: (who: string, text: string, issued: boolean) => void,
): CouponWatch {
  const seen = new Set<string>()
  let waiting: Waiting[] = []

  async function look(): Promise<true | null> {
    const still: Waiting[] = []
    for (const { id, who } of waiting) {
      const reward = await api.get<RewardLogRecord>('reward_log', id)
      if (reward.fulfilmentStatus === 'issued') {
        const text = `coupon ${reward.couponCode} (${discountOf(reward)}) for "${reward.milestone.name}"`
        tell(who, text, true)
      } else if (reward.fulfilmentStatus === 'failed') {
        tell(who, `no coupon for "${reward.milestone.name}": ${reward.failureReason}`, false)
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

import { tableLines } from '../cli/table.ts'
import type { RewardLog, StreaklineClient } from '../client/index.ts'
import { discountOf } from './coupons.ts'
import type { Stage } from './setup.ts'
import { type Standing, standings } from './standing.ts'
import type { Week } from './week.ts'

export interface Coupon {
  readonly discount: string
  /** null until it is issued. */
  readonly code: string | null
  readonly status: string
  /** null where the merchant fulfils the reward. */
  readonly providerId: string | null
  /** Epoch ms; null until it is issued, or where it does not end. */
  readonly endsAt: number | null
}

export interface OutcomeRow extends Standing {
  /** Oldest first. */
  readonly coupons: readonly Coupon[]
}

/** What the API says when the week is over: a row per shopper and streak. */
export async function readOutcome(api: StreaklineClient, stage: Stage, week: Week): Promise<OutcomeRow[]> {
  const rewards = await Array.fromAsync(api.rewardLog.all())
  const all = await standings(api, stage, week)
  return all.map((standing) => ({
    ...standing,
    coupons: rewards
      .filter((reward) => isOf(reward, standing))
      .map((reward) => ({
        discount: discountOf(reward),
        code: reward.couponCode,
        status: reward.fulfilmentStatus,
        providerId: reward.reward?.providerId ?? null,
        endsAt: reward.rewardExpiryAt === null ? null : Date.parse(reward.rewardExpiryAt),
      })),
  }))
}

function isOf({ ownedById, linkedSchemaRecordId }: RewardLog, { memberId, streakId }: Standing): boolean {
  return ownedById === memberId && linkedSchemaRecordId === streakId
}

/** The outcome as a table of at most 80 columns; a second coupon has a line of its own. */
export function outcomeTable(rows: readonly OutcomeRow[]): string[] {
  const columns = [
    { title: 'shopper' },
    { title: 'streak' },
    { title: 'in a row', align: 'right' },
    { title: 'longest', align: 'right' },
    { title: 'broken' },
    { title: 'coupons' },
  ] as const
  const cells = rows.flatMap(({ who, streak, inARow, longest, brokenOn, coupons }) => {
    const [first, ...others] = coupons.map(
      ({ discount, code, status }) => `${discount.padEnd(5)} ${code ?? status}`,
    )
    return [
      [
        who,
        streak,
        String(inARow),
        String(longest),
        brokenOn === null ? 'no' : `day ${brokenOn}`,
        first ?? '-',
      ],
      ...others.map((coupon) => ['', '', '', '', '', coupon]),
    ]
  })
  return tableLines(columns, cells)
}

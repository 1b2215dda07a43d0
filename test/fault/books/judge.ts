import type { Scene } from './scene.ts'
import type { Coupon, Reward } from './shop.ts'

export interface Judged {
  readonly rewards: number
  readonly issued: number
  readonly revoked: number
  /** In the provider's books. */
  readonly coupons: number
  /** Of these, those that could still be used. */
  readonly usable: number
  /** Coupons beyond the first of each reward. */
  readonly doubled: number
  /** Whatever is not as it should be, a sentence each. */
  readonly wrong: readonly string[]
}

/** Holds what the installation says of its rewards against the books of whoever made the coupons. */
export async function judge({ shop, takenBack }: Scene, rewards: readonly Reward[]): Promise<Judged> {
  const books = await shop.books()
  const byReward = Map.groupBy(books, (coupon) => ownerOf(coupon, rewards))
  const strangers = byReward.get(null) ?? []
  const wrong = [
    ...rewards.flatMap((reward) => faultsOf(reward, byReward.get(reward.id) ?? [], takenBack.has(reward.id))),
    ...strangers.map(({ code }) => `${code} is for no reward`),
  ]
  const count = (status: string) =>
    rewards.filter(({ fulfilmentStatus }) => fulfilmentStatus === status).length
  const owned = byReward.size - (byReward.has(null) ? 1 : 0)
  return {
    rewards: rewards.length,
    issued: count('issued'),
    revoked: count('revoked'),
    coupons: books.length,
    usable: books.filter(({ isAlive }) => isAlive).length,
    doubled: books.length - strangers.length - owned,
    wrong,
  }
}

function ownerOf({ rewardLogId, code }: Coupon, rewards: readonly Reward[]): string | null {
  const owner = rewards.find(({ id, drawnCode }) =>
    rewardLogId === null ? drawnCode === code : id === rewardLogId,
  )
  return owner?.id ?? null
}

function faultsOf(
  { id, fulfilmentStatus: status, couponCode, failureReason }: Reward,
  coupons: readonly Coupon[],
  wasTakenBack: boolean,
): string[] {
  const wanted = wasTakenBack ? 'revoked' : 'issued'
  if (status !== wanted) return [`${id} is ${status} and not ${wanted}: ${failureReason}`]
  const alive = coupons.filter(({ isAlive }) => isAlive)
  if (wasTakenBack) {
    const many = coupons.length > 1 ? [`${id} was taken back, and has ${coupons.length} coupons`] : []
    return [...many, ...alive.map(({ code }) => `${id} was taken back, and ${code} can be used`)]
  }
  if (coupons.length !== 1 || alive.length !== 1)
    return [`${id} has ${coupons.length} coupons, ${alive.length} of which can be used`]
  return alive[0]!.code === couponCode ? [] : [`${id} says ${couponCode}, the books ${alive[0]!.code}`]
}

import { granted as beginLife } from '../../life/life.ts'
import type { Places } from '../../life/places.ts'
import type { Instant } from '../../ports/clock.ts'
import type { Row } from '../../ports/schema.ts'
import { periodByNumber } from '../../streaks/period.ts'
import type { Grant } from '../../streaks/types.ts'
import type { Sources } from '../deps.ts'

export interface GrantedReward {
  readonly streak: Row<'streak'>
  readonly milestone: Row<'milestone'>
  readonly ownedById: string
  readonly streakLogId: string
  readonly grant: Grant
  readonly places: Places | null
  readonly now: Instant
  readonly sources: Sources
}

/** The reward log of a grant and, unless the merchant fulfils it, the code that every provider will be asked for. */
export function rewardRows(granted: GrantedReward): {
  reward: Row<'reward_log'>
  code: Row<'coupon_code'> | null
} {
  const { streak, milestone, grant, places, now, sources } = granted
  const common = { accountId: streak.accountId, createdAt: now, updatedAt: now }
  const id = sources.newId()
  const drawn = milestone.reward === null ? null : sources.drawCode(milestone.reward.prefix ?? '')
  const wanting = { id, milestoneId: milestone.id, reward: milestone.reward, createdAt: now }
  const life = beginLife(milestone.reward, now, () => places?.admits(wanting) ?? true)
  const reward: Row<'reward_log'> = {
    ...common,
    id,
    revision: 1,
    ownedById: granted.ownedById,
    linkedSchemaSlug: 'streak',
    linkedSchemaRecordId: streak.id,
    milestoneId: milestone.id,
    streakLogId: granted.streakLogId,
    periodKey: periodByNumber(streak, grant.periodNumber).key,
    periodNumber: grant.periodNumber,
    once: milestone.milestoneRepeat === 'once',
    standing: true,
    reward: milestone.reward,
    onWithdrawal: milestone.onWithdrawal,
    drawnCode: drawn?.code ?? null,
    couponCode: null,
    rewardIssuedAt: null,
    rewardExpiryAt: null,
    attempt: 0,
    batchId: null,
    ...life,
  }
  if (drawn === null) return { reward, code: null }
  const owner = { source: 'drawn' as const, providerId: null, rewardLogId: id }
  return { reward, code: { ...common, id: sources.newId(), ...drawn, ...owner } }
}

import type { Row } from '../ports/schema.ts'

type State = Pick<Row<'reward_log'>, 'reward' | 'fulfilmentStatus' | 'heldReason'>

/** The provider that has to do something before the reward goes on; null: nobody is waited for, or not yet. */
export function waitingFor({ reward, fulfilmentStatus: status, heldReason }: State): string | null {
  if (reward === null) return null
  const isWaiting =
    status === 'held'
      ? heldReason === 'provider_paused'
      : status === 'pending' || status === 'issuing' || status === 'revoking'
  return isWaiting ? reward.providerId : null
}

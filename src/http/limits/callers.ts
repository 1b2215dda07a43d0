import type { Response } from 'express'
import type { Clock } from '../../ports/clock.ts'
import type { Admin, Caller, EndUser } from '../auth/caller.ts'
import { tell, tooMany } from './answers.ts'
import { type Rate, TokenBuckets } from './token-buckets.ts'

/** Far more than there are keys. */
const MAX_KEYS = 10_000
const MAX_END_USERS = 50_000

/** Counts who calls with right credentials. @throws AppError TOO_MANY_REQUESTS */
export function createCallerCount(
  clock: Clock,
  perKey: Rate,
  perEndUser: Rate,
): (caller: Caller, response: Response) => void {
  const keys = new TokenBuckets(perKey, clock, MAX_KEYS)
  const endUsers = new TokenBuckets(perEndUser, clock, MAX_END_USERS)

  function countAdmin({ actor: { kind, id } }: Admin, response: Response): void {
    const taken = keys.take(`${kind === 'key' ? 'admin' : 'user'}:${id}`)
    tell(response, kind === 'key' ? 'api-key' : 'user', keys.rate, taken)
    if (!taken.ok) throw tooMany(kind === 'key' ? 'with this API key' : 'of this user', keys.rate, taken)
  }

  /** Beside the backend, so that no page can use up what it needs; each by itself, so that none uses up all of it. */
  function countEndUser({ signerId, externalId }: EndUser, response: Response): void {
    // whoever is not signed in has no name of their own: they share what all have together
    const name = externalId === null ? null : `${signerId}:${externalId}`
    const own = name === null ? null : endUsers.look(name)
    if (own?.ok === false) {
      tell(response, 'end-user', endUsers.rate, own)
      throw tooMany('of this end user', endUsers.rate, own)
    }
    const taken = keys.take(`end_user:${signerId}`)
    tell(response, 'end-users', keys.rate, taken)
    if (!taken.ok) throw tooMany('with this API key', keys.rate, taken)
    if (name !== null) endUsers.take(name)
  }

  return (caller, response) => {
    if (caller.kind === 'admin') countAdmin(caller, response)
    else countEndUser(caller, response)
  }
}

import type { Request } from 'express'
import type { Logger } from '../../ports/logger.ts'
import type { QueueAct, QueueVisit } from '../../ports/queue-visit.ts'
import { type Actor, actEntry } from '../../users/audit.ts'
import { findSession } from '../../users/sessions.ts'
import type { ConsoleUser, UserDeps } from '../../users/users.ts'
import { sessionTokenOf } from '../auth/cookie.ts'
import { addressOf } from '../limits/address.ts'

const FOR_OWNERS = 'Only owners see the queues. Ask somebody with the role “owner”.'
const OF_ALL =
  'The queues show the work of all shops on this server, so they are not open to the owners of one of them. Ask whoever runs the server.'

/**
 * Whether whoever is signed in may see the queue pages. They show the jobs of every account: an owner may while theirs is
 * the only one here. @throws AppError STORE_UNAVAILABLE
 */
export function createQueueVisits(
  deps: UserDeps & { readonly logger: Logger },
): (request: Request) => Promise<QueueVisit> {
  return async (request) => {
    const token = sessionTokenOf(request.headers)
    const session = token === null ? null : await findSession(deps, token)
    if (session === null) return { kind: 'nobody' }
    const { user } = session
    if (user.role !== 'owner') return { kind: 'refused', message: FOR_OWNERS }
    if ((await deps.store.find('account', { limit: 2 })).length > 1)
      return { kind: 'refused', message: OF_ALL }
    return { kind: 'let in', note: (act) => noteDone(deps, user, addressOf(request), act) }
  }
}

async function noteDone(
  deps: UserDeps & { readonly logger: Logger },
  user: ConsoleUser,
  address: string,
  { action, queue }: QueueAct,
): Promise<void> {
  const actor: Actor = { kind: 'user', id: user.id, name: user.email, address }
  const act = { actor, accountId: user.accountId, action, slug: 'queue', recordId: null }
  try {
    await deps.store.commit([actEntry(deps, act, queue === null ? null : { queue })])
  } catch (error) {
    // it is done all the same: Redis and the store share no commit
    deps.logger.error({ action, queue, err: error }, 'a change of the queues is not in the audit log')
  }
}

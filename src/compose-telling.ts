import type { Teller } from './engine/happenings.ts'
import type { Webhooks } from './http/deps.ts'
import { quantityJson } from './http/json/write-json.ts'
import { memberStreakJson } from './http/routes/member-streak.ts'
import { rewardLogJson } from './http/routes/reward-log.ts'
import type { Store } from './ports/store.ts'
import {
  createEndpoint,
  deleteEndpoint,
  type EndpointDeps,
  patchEndpoint,
  rotateSecret,
} from './telling/endpoints.ts'
import { createListenersBook, type ListenersBook } from './telling/listeners.ts'
import { type MessageDeps, resendMessage, sendTest } from './telling/messages.ts'
import { createTeller } from './telling/teller.ts'

export interface Telling {
  readonly listeners: ListenersBook
  readonly teller: Teller
}

/** Who is told of what happens, and how: one for each process, since it remembers who listens. */
export function composeTelling(store: Store, newId: () => string): Telling {
  const listeners = createListenersBook(store)
  const shown = { rewardLog: rewardLogJson, memberStreak: memberStreakJson, quantity: quantityJson }
  return { listeners, teller: createTeller({ listeners, shown, newId }) }
}

/** What merchants do about endpoints and messages. */
export function composeWebhooks(deps: EndpointDeps & MessageDeps): Webhooks {
  return {
    fault: (url) => deps.sender.fault(url),
    create: (accountId, fields) => createEndpoint(deps, accountId, fields),
    patch: (accountId, id, given) => patchEndpoint(deps, accountId, id, given),
    remove: (accountId, id) => deleteEndpoint(deps, accountId, id),
    rotate: (accountId, id) => rotateSecret(deps, accountId, id),
    test: (accountId, id) => sendTest(deps, accountId, id),
    resend: (accountId, id) => resendMessage(deps, accountId, id),
  }
}

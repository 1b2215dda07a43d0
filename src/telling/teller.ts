import type { Happening, Listener, Teller } from '../engine/happenings.ts'
import type { Instant } from '../ports/clock.ts'
import type { MessageType } from '../ports/schema/telling-values.ts'
import type { Row } from '../ports/schema.ts'
import type { ListenersBook } from './listeners.ts'
import { dataOf, payloadText, type Shown } from './payload.ts'

type Message = Row<'webhook_message'>

export interface TellerParts {
  readonly listeners: ListenersBook
  readonly shown: Shown
  readonly newId: () => string
}

/** What a message is made of. */
interface NewMessage {
  readonly id: string
  readonly endpoint: Pick<Listener, 'id' | 'accountId'>
  readonly type: MessageType
  readonly cause: string
  readonly memberId: string | null
  readonly body: string
  readonly now: Instant
}

/** A message that is to be tried at once. */
export function newMessage({ id, endpoint, type, cause, memberId, body, now }: NewMessage): Message {
  const { accountId, id: endpointId } = endpoint
  const common = { id, accountId, createdAt: now, updatedAt: now, revision: 1 }
  const untried = { status: 'pending', attempts: [], failures: 0, dueAt: now, attempt: 0 } as const
  return { ...common, endpointId, type, cause, memberId, body, ...untried }
}

/** Makes the messages of what happens; each body is written once, whoever gets it. */
export function createTeller({ listeners, shown, newId }: TellerParts): Teller {
  function messagesOf(happening: Happening, own: readonly Listener[], now: Instant): Message[] {
    const { event: type, cause, member } = happening
    const wanting = own.filter(({ events }) => events.includes(type))
    if (wanting.length === 0) return []
    const body = payloadText(type, now, dataOf(happening, shown))
    return wanting.map((endpoint) =>
      newMessage({ id: newId(), endpoint, type, cause, memberId: member.id, body, now }),
    )
  }
  return {
    listeners: (accountIds) => listeners.of(accountIds),
    messages: (happenings, heard, now) =>
      happenings.flatMap((each) => messagesOf(each, heard.get(each.streak.accountId) ?? [], now)),
  }
}

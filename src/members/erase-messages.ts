import { revise } from '../ports/changes.ts'
import { above, all, ascending, equal, present } from '../ports/conditions.ts'
import type { Row } from '../ports/schema.ts'
import type { Change, Store } from '../ports/store.ts'
import { type EraseDeps, erasedExternalId } from './erased.ts'

const PER_COMMIT = 100

type Message = Row<'webhook_message'>

/**
 * Removes what messages to merchants' systems say of a member, and what was answered to them: the answer may repeat it.
 * One that was not delivered yet is not sent any more. Those that already tell of somebody without a name stay, and
 * are sent: that the erasure revoked a reward is told by them. Idempotent. @throws AppError STORE_UNAVAILABLE
 */
export async function scrubMessages({ store, clock }: EraseDeps, erasure: Row<'erasure'>): Promise<void> {
  const { accountId, id: memberId } = erasure
  let after: string | null = null
  for (;;) {
    const page: Message[] = await readPage(store, accountId, memberId, after)
    const updatedAt = clock.now()
    const naming = page.filter((message) => !isOfNobody(message, memberId))
    const written = await store.commit(naming.map((message) => withoutBody(message, updatedAt)))
    // one that is being sent at the moment is looked at again
    if (written.outcome === 'conflict') continue
    if (page.length < PER_COMMIT) return
    after = page.at(-1)!.id
  }
}

function readPage(
  store: Store,
  accountId: string,
  memberId: string,
  after: string | null,
): Promise<Message[]> {
  return store.find('webhook_message', {
    where: all(equal({ accountId, memberId }), present('body'), after === null ? null : above('id', after)),
    sort: ascending('id'),
    limit: PER_COMMIT,
  })
}

/** Whether it was made after the identity was taken. Times do not say so: others may have read the member before. */
function isOfNobody({ body }: Message, memberId: string): boolean {
  const { data } = JSON.parse(body!)
  return data.member?.externalId === erasedExternalId(memberId)
}

function withoutBody(message: Message, updatedAt: number): Change {
  const attempts = message.attempts.map((attempt) => ({ ...attempt, response: null }))
  const ended = message.status === 'pending' ? ({ status: 'failed', dueAt: null } as const) : {}
  return revise('webhook_message', message, { body: null, attempts, ...ended, updatedAt })
}

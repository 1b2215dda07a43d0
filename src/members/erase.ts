import { findRow, untilCommitted } from '../commit/planned.ts'
import { AppError } from '../errors.ts'
import { change, insert, revise } from '../ports/changes.ts'
import { emailIdentity, isErased } from '../ports/schema/values.ts'
import type { Row } from '../ports/schema.ts'
import type { Change, Store } from '../ports/store.ts'
import { endErasure } from './end-erasure.ts'
import {
  afterErasure,
  openItemsNaming,
  scrubAddress,
  scrubDeliveriesOfLogs,
  scrubItemsNaming,
} from './erase-deliveries.ts'
import { closeJourneys } from './erase-journeys.ts'
import { scrubMessages } from './erase-messages.ts'
import { type EraseDeps, erasedExternalId, type Scope } from './erased.ts'
import { forgetInRequests } from './forget-in-requests.ts'
import { isAnothers, ownOf } from './whose.ts'

export interface EraseOptions {
  /** Only finds what would go. */
  readonly dryRun?: boolean
  /** Gets the ids of the deliveries that are found. */
  readonly found?: Set<string>
  readonly onProgress?: Scope['onProgress']
}

/**
 * Erases a member. Its profile and externalId go, what was delivered about it is scrubbed, rewards that are not minted
 * are revoked; the ledger keeps the anonymous id. The first commit takes the identity: from then on the member counts
 * as absent, no log is taken for it any more, and its externalId is free for a new one. The rest follows in commits of
 * bounded size. Done when it resolves; answers how many deliveries were scrubbed. After a failure or a crash in between call it again: it goes on.
 * @throws AppError NOT_FOUND for a member that does not exist or is erased already; STORE_BUSY, STORE_UNAVAILABLE
 */
export async function eraseMember(
  deps: EraseDeps,
  accountId: string,
  id: string,
  { dryRun = false, found = new Set(), onProgress }: EraseOptions = {},
): Promise<{ readonly deliveries: number }> {
  const erasure = dryRun ? await planned(deps, accountId, id) : await begin(deps, accountId, id)
  const scope: Scope = { dryRun, erasure, found, addresses: new Set(), onProgress }
  await scrubItemsNaming(deps, scope, erasure.externalId)
  if (erasure.emailIdentity !== null) await scrubAddress(deps, scope, erasure.emailIdentity)
  if (!dryRun) await closeJourneys(deps, erasure)
  // only now is it certain that no more logs come
  await scrubDeliveriesOfLogs(deps, scope)
  if (!dryRun) {
    await scrubMessages(deps, erasure)
    await forgetInRequests(deps, accountId, [erasure.externalId, erasure.emailIdentity])
    await endErasure(deps, erasure)
  }
  return { deliveries: found.size }
}

/** Takes the identity, or finds that it was taken before and the rest is still to be done. */
async function begin(deps: EraseDeps, accountId: string, id: string): Promise<Row<'erasure'>> {
  const { store, clock } = deps
  let erasure: Row<'erasure'> | null = null
  await untilCommitted(store, `erasure of member ${id}`, async () => {
    const member = await findRow(store, 'member', accountId, id)
    erasure = await findRow(store, 'erasure', accountId, id)
    if (erasure !== null) return null
    const now = clock.now()
    erasure = erasureOf(member, now)
    // purchases that wait would make the member anew
    const open = [
      ...(await openItemsNaming(store, accountId, erasure.externalId)),
      ...(await openItemsOfAddress(store, erasure)),
    ]
    return [
      withoutIdentity(member!, now),
      ...open.map((item) => {
        const set = { ...afterErasure(item), updatedAt: now }
        return change('delivery_item', item, { status: item.status }, set)
      }),
      insert('erasure', erasure),
    ]
  })
  return erasure!
}

/** What an erasure would be about, or one that is under way is. */
async function planned({ store, clock }: EraseDeps, accountId: string, id: string): Promise<Row<'erasure'>> {
  const member = await findRow(store, 'member', accountId, id)
  return (await findRow(store, 'erasure', accountId, id)) ?? erasureOf(member, clock.now())
}

/** @throws AppError NOT_FOUND */
function erasureOf(member: Row<'member'> | null, now: number): Row<'erasure'> {
  if (member === null || isErased(member)) throw new AppError('NOT_FOUND', 'There is no member by this id')
  const { id, accountId, externalId, email } = member
  const identity = email === null ? null : emailIdentity(email)
  return { id, accountId, createdAt: now, updatedAt: now, externalId, emailIdentity: identity }
}

/** Purchases that wait and name the member by its address alone. */
async function openItemsOfAddress(store: Store, erasure: Row<'erasure'>): Promise<Row<'delivery_item'>[]> {
  const { accountId, externalId, emailIdentity: identity } = erasure
  if (identity === null || identity === externalId || (await isAnothers(store, erasure, identity))) return []
  const open = await openItemsNaming(store, accountId, identity)
  return ownOf(store, { dryRun: true, erasure, found: new Set(), addresses: new Set() }, identity, open)
}

function withoutIdentity(member: Row<'member'>, now: number): Change {
  return revise('member', member, {
    externalId: erasedExternalId(member.id),
    firstName: null,
    lastName: null,
    email: null,
    emailIdentity: null,
    nameKey: null,
    turnedNameKey: null,
    phoneNumber: null,
    profileTimes: {},
    status: 'paused',
    updatedAt: now,
  })
}

import { findRow, untilCommitted } from '../commit/planned.ts'
import { AppError } from '../errors.ts'
import { change, insert, remove } from '../ports/changes.ts'
import { all, ascending, equal, otherThan, present } from '../ports/conditions.ts'
import { emailIdentity, isErased } from '../ports/schema/values.ts'
import type { Row } from '../ports/schema.ts'
import type { Store } from '../ports/store.ts'
import { purge } from './end-erasure.ts'
import { type EraseOptions, eraseMember } from './erase.ts'
import { afterErasure, openItemsNaming, scrubItemsNaming } from './erase-deliveries.ts'
import type { EraseDeps, Scope } from './erased.ts'
import { having } from './whose.ts'

export interface EraseAddressDeps extends EraseDeps {
  readonly newId: () => string
}

export interface AddressErasure {
  /** How many members were erased, whose name the address was: 0 or 1, more where it came back meanwhile. */
  readonly members: number
  /** Of how many deliveries the body was removed, or a name in what was read from them. */
  readonly deliveries: number
  /** Ids of members, up to 100, who have the address and are known by another name: they stay. */
  readonly otherMembers: readonly string[]
}

const MAX_ROUNDS = 5
const MAX_OTHERS = 100

/**
 * Erases whom an address names: the member whose externalId it is, if there is one, and what was delivered under it,
 * also where nobody ever became a member. What counted for other members stays, and what names them beside the address.
 * Idempotent: after a failure or a crash in between call it again. `dryRun` says what would go and writes nothing.
 * @param address as people write it @throws AppError STORE_BUSY, STORE_UNAVAILABLE
 */
export async function eraseAddress(
  deps: EraseAddressDeps,
  accountId: string,
  address: string,
  { dryRun = false, onProgress }: Omit<EraseOptions, 'found'> = {},
): Promise<AddressErasure> {
  const { store } = deps
  const identity = emailIdentity(address)
  const found = new Set<string>()
  const options = { dryRun, found, onProgress }
  let members = 0
  let isBack = true
  for (let round = 0; isBack; round += 1) {
    if (round === MAX_ROUNDS) {
      throw new AppError('STORE_BUSY', `the erasure: what it removed came back ${MAX_ROUNDS} times in a row`)
    }
    for (const id of await membersNamed(store, accountId, identity)) {
      await eraseMember(deps, accountId, id, options)
      members += 1
    }
    const erasure = await begin(deps, accountId, identity, dryRun)
    const scope: Scope = { dryRun, erasure, found, addresses: new Set(), onProgress }
    await scrubItemsNaming(deps, scope, identity)
    isBack = !dryRun && (await isBroughtBack(store, erasure))
    if (!dryRun && !isBack) await end(store, erasure)
  }
  const otherMembers = await othersHaving(store, accountId, identity)
  return { members, deliveries: found.size, otherMembers }
}

/** Ids of those whose externalId it was when their erasure was interrupted, and of the one whose it is. */
async function membersNamed(store: Store, accountId: string, externalId: string): Promise<string[]> {
  const { ofMembers } = await underWay(store, accountId, externalId)
  const key = [[accountId, externalId]]
  const named = await store.findByKeys('member', ['accountId', 'externalId'], key)
  return [...ofMembers, ...named].map(({ id }) => id)
}

/** Erasures of the identity that have begun: of members, who lost it, and of nobody but the address. */
async function underWay(store: Store, accountId: string, externalId: string) {
  const key = [[accountId, externalId]]
  const erasures = await store.findByKeys('erasure', ['accountId', 'externalId'], key)
  const keys = erasures.map(({ id }) => [accountId, id])
  const members = new Set((await store.findByKeys('member', ['accountId', 'id'], keys)).map(({ id }) => id))
  return {
    ofMembers: erasures.filter(({ id }) => members.has(id)),
    ofAddress: erasures.filter(({ id }) => !members.has(id)),
  }
}

/** Says that the address is being erased, so that no replay begins, and settles what waits to be counted under it. */
async function begin(
  { store, clock, newId }: EraseAddressDeps,
  accountId: string,
  externalId: string,
  dryRun: boolean,
): Promise<Row<'erasure'>> {
  const id = newId()
  const now = clock.now()
  const erasure = { id, accountId, createdAt: now, updatedAt: now, externalId, emailIdentity: null }
  if (dryRun) return erasure
  await untilCommitted(store, `erasure ${id}`, async () => {
    const open = await openItemsNaming(store, accountId, externalId)
    return [
      insert('erasure', erasure),
      ...open.map((item) => {
        const set = { ...afterErasure(item), updatedAt: now }
        return change('delivery_item', item, { status: item.status }, set)
      }),
    ]
  })
  return erasure
}

/**
 * Whether a replay that had begun before the erasure was counted while that was under way: the address is the name of
 * a member then, who was made by what had been received before.
 */
async function isBroughtBack(
  store: Store,
  { accountId, externalId, createdAt }: Row<'erasure'>,
): Promise<boolean> {
  const [member] = await store.findByKeys('member', ['accountId', 'externalId'], [[accountId, externalId]])
  if (member === undefined) return false
  const [first] = await store.find('streak_log', {
    where: all(equal({ accountId, ownedById: member.id }), present('deliveryId')),
    sort: ascending('createdAt', 'id'),
    limit: 1,
  })
  if (first === undefined || first.deliveryId === null) return false
  const delivery = await findRow(store, 'delivery', accountId, first.deliveryId)
  return delivery !== null && delivery.receivedAt <= createdAt
}

/**
 * The row goes first, with those of earlier erasures that were interrupted: without it a repetition does everything
 * again, and finds nothing but the purge left to do.
 */
async function end(store: Store, { id, accountId, externalId, createdAt }: Row<'erasure'>): Promise<void> {
  await untilCommitted(store, `erasure ${id}`, async () => {
    const { ofAddress } = await underWay(store, accountId, externalId)
    const done = ofAddress.filter((each) => each.createdAt <= createdAt)
    return done.length === 0 ? null : done.map((each) => remove('erasure', each, {}))
  })
  await purge(store, accountId)
}

async function othersHaving(store: Store, accountId: string, identity: string): Promise<string[]> {
  const where = all(equal<'member'>({ accountId }), having(identity), otherThan('externalId', identity))
  const members = await store.find('member', { where, sort: ascending('id'), limit: MAX_OTHERS })
  return members.filter((member) => !isErased(member)).map(({ id }) => id)
}

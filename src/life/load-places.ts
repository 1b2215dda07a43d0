import { findRow } from '../commit/planned.ts'
import { insert } from '../ports/changes.ts'
import { above, all, ascending, atLeast, equal } from '../ports/conditions.ts'
import type { Row } from '../ports/schema.ts'
import type { Store } from '../ports/store.ts'
import type { LoadedPlaces, Scope, Waiting } from './places.ts'

/** Gates of an account. Two writers of it meet at one of them once in so many times. */
export const GATES = 64
const MAX_PASSAGES = 2 ** 31

type Milestone = Pick<Row<'milestone'>, 'id' | 'caps'>

/** What is known of an account's caps. Whether it still holds says the gate that a commit passes. */
export interface Terms {
  readonly accountId: string
  readonly epoch: number
  readonly timezone: string
  readonly caps: Row<'account'>['caps']
}

/** The id of one of an account's gates: its own but for the last two digits, which no other account's id shares. */
export function gateId(accountId: string, place: number): string {
  return accountId.slice(0, -2) + place.toString(16).padStart(2, '0')
}

/** No two passages have the same, as far as chance goes. */
export function newPassage(): number {
  return Math.floor(Math.random() * MAX_PASSAGES)
}

/**
 * The caps of an account as they are; makes its gates where it has none yet.
 * @throws AppError STORE_UNAVAILABLE
 */
export async function readTerms(store: Store, accountId: string): Promise<Terms> {
  // the epoch first: caps that are read after it are those of then or newer, and then the gate says so
  const epoch = await readEpoch(store, accountId)
  const account = await findRow(store, 'account', accountId, accountId)
  return { accountId, epoch, timezone: account?.timezone ?? 'UTC', caps: account?.caps ?? null }
}

/** @throws AppError STORE_UNAVAILABLE */
export async function readEpoch(store: Store, accountId: string): Promise<number> {
  const read = () => store.findByKeys('cap_gate', ['accountId', 'id'], [[accountId, gateId(accountId, 0)]])
  const [gate] = await read()
  if (gate !== undefined) return gate.epoch
  const gates = Array.from({ length: GATES }, (_, place) =>
    insert('cap_gate', {
      id: gateId(accountId, place),
      accountId,
      createdAt: 0,
      updatedAt: 0,
      epoch: 0,
      passage: 0,
    }),
  )
  // somebody else may be faster; then they are there all the same
  await store.commit(gates)
  return (await read())[0]?.epoch ?? 0
}

/**
 * What letting rewards of these milestones through rests on. Where nothing has caps it reads nothing.
 * @param milestones all that may be concerned, read after the terms
 * @throws AppError STORE_UNAVAILABLE
 */
export async function loadPlaces(
  store: Store,
  terms: Terms,
  milestones: readonly Milestone[],
): Promise<LoadedPlaces> {
  const { accountId, epoch, timezone, caps } = terms
  const id = gateId(accountId, Math.floor(Math.random() * GATES))
  const gate = { id, accountId, epoch, passage: newPassage() }
  const capped = milestones.filter((milestone) => milestone.caps !== null)
  const nothing = { accountId, timezone, gate, account: null, milestones: new Map(), waiting: [] }
  if (caps === null && capped.length === 0) return nothing
  const waiting = await findWaitingForRoom(store, accountId)
  const others = await milestonesOf(store, accountId, waiting, milestones)
  const scoped = new Map([...capped, ...others].map((milestone) => [milestone.id, milestone.caps]))
  const keys = [...(caps === null ? [] : [accountId]), ...scoped.keys()].map((id) => [accountId, id])
  const uses = new Map(
    (await store.findByKeys('cap_use', ['accountId', 'id'], keys)).map((use) => [use.id, use]),
  )
  // caps without a use are newer or older than the epoch: the gate turns the commit away
  const scopeOf = (id: string, of: Row<'account'>['caps']): Scope | null => {
    const use = uses.get(id)
    return of === null || use === undefined ? null : { caps: of, use }
  }
  const scopes = [...scoped].flatMap(([id, of]): [string, Scope][] => {
    const scope = scopeOf(id, of)
    return scope === null ? [] : [[id, scope]]
  })
  return { ...nothing, account: scopeOf(accountId, caps), milestones: new Map(scopes), waiting }
}

/** The oldest reward of each milestone that waits for room. @throws AppError STORE_UNAVAILABLE */
export async function findWaitingForRoom(store: Store, accountId: string): Promise<Waiting[]> {
  const oldest: Waiting[] = []
  for (;;) {
    const last = oldest.at(-1)
    const behind =
      last === undefined ? null : above<'reward_log', 'milestoneId'>('milestoneId', last.milestoneId)
    const [found] = await store.find('reward_log', {
      where: all(equal({ accountId }), behind, atLeast('waitsForRoomSince', 0)),
      sort: ascending('milestoneId', 'waitsForRoomSince', 'id'),
      limit: 1,
    })
    if (found === undefined) return oldest
    oldest.push(found)
  }
}

/** Those of waiting rewards that are not among the ones given, where they have caps. */
async function milestonesOf(
  store: Store,
  accountId: string,
  waiting: readonly Waiting[],
  given: readonly Milestone[],
): Promise<Milestone[]> {
  const known = new Set(given.map(({ id }) => id))
  const keys = waiting.flatMap(({ milestoneId: id }) => (known.has(id) ? [] : [[accountId, id]]))
  if (keys.length === 0) return []
  const rows = await store.findByKeys('milestone', ['accountId', 'id'], keys)
  return rows.filter(({ caps }) => caps !== null)
}

/**
 * The places of an account for one reward or a few, read whole.
 * @throws AppError STORE_UNAVAILABLE
 */
export async function openPlaces(
  store: Store,
  accountId: string,
  milestoneIds: readonly string[],
): Promise<LoadedPlaces> {
  const terms = await readTerms(store, accountId)
  const keys = [...new Set(milestoneIds)].map((id) => [accountId, id])
  const milestones = keys.length === 0 ? [] : await store.findByKeys('milestone', ['accountId', 'id'], keys)
  return loadPlaces(store, terms, milestones)
}

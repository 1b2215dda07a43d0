import { all, ascending, equal, present } from '../../ports/conditions.ts'
import { foldName } from '../../ports/schema/member-names.ts'
import { emailIdentity, isErased } from '../../ports/schema/values.ts'
import type { Row } from '../../ports/schema.ts'
import type { Condition, Store } from '../../ports/store.ts'

type Member = Row<'member'>

/** Of a name that many have so many are looked at. */
const MAX_MEMBERS = 50
/** More than any account has. */
const MAX_CONNECTORS = 1_000
/** More than are ever under way at once. */
const MAX_ERASURES = 1_000

/** Whom a text may mean: by their number, address or name. */
export interface People {
  readonly members: readonly Member[]
  /** What the text itself is as an identity, whether or not a member has it: what did not count names nobody else. */
  readonly identities: readonly string[]
}

/**
 * Whom people mean by a text: an externalId, with or without what the platforms of the account put in front; an
 * address, in any case; the beginning of a name, whichever of its parts is said first. Nobody who was erased, or whose
 * erasure is under way. Reads a bounded number of rows, each by an index. @throws AppError STORE_UNAVAILABLE
 */
export async function findPeople(store: Store, accountId: string, sought: string): Promise<People> {
  const asked = [sought, emailIdentity(sought), ...(await asCustomers(store, accountId, sought))]
  const identities = await stayingOf(store, accountId, asked)
  const keys = identities.map((identity) => [accountId, identity])
  const found = await Promise.all([
    store.findByKeys('member', ['accountId', 'externalId'], keys),
    membersThat(store, accountId, equal({ emailIdentity: emailIdentity(sought) })),
    // rows of before `emailIdentity` are being filled
    membersThat(store, accountId, equal({ email: sought })),
    ...namedLike(foldName(sought)).map((where) => membersThat(store, accountId, where)),
  ])
  const byId = new Map(found.flat().map((member) => [member.id, member]))
  return { members: [...byId.values()].filter((member) => !isErased(member)), identities }
}

/** As the platforms of the account call the customer of this number. */
async function asCustomers(store: Store, accountId: string, sought: string): Promise<string[]> {
  const connectors = await store.find('connector', { where: equal({ accountId }), limit: MAX_CONNECTORS })
  return [...new Set(connectors.map(({ platform }) => `${platform}:${sought}`))]
}

/**
 * Members whom people mean by a text, as `findPeople` takes it, or by the beginning of an externalId; whom it names
 * exactly first, then in the order of their names. @throws AppError STORE_UNAVAILABLE
 */
export async function searchMembers(
  store: Store,
  accountId: string,
  sought: string,
  limit: number,
): Promise<{ readonly members: readonly Member[]; readonly hasMore: boolean }> {
  const begun: Condition<'member'> = { field: 'externalId', op: 'startsWith', value: sought }
  const [{ members }, numbered] = await Promise.all([
    findPeople(store, accountId, sought),
    store.find('member', {
      where: all(equal({ accountId }), begun),
      sort: ascending('externalId'),
      limit: MAX_MEMBERS,
    }),
  ])
  const byId = new Map([...members, ...numbered].map((member) => [member.id, member]))
  const found = [...byId.values()].filter((member) => !isErased(member))
  return { members: found.slice(0, limit), hasMore: found.length > limit }
}

/** Without those that are being erased at this moment: what still names them goes. */
export async function stayingOf(
  store: Store,
  accountId: string,
  identities: readonly string[],
): Promise<readonly string[]> {
  const erasures = await store.find('erasure', { where: equal({ accountId }), limit: MAX_ERASURES })
  const going = new Set(erasures.flatMap(({ externalId, emailIdentity: address }) => [externalId, address]))
  return [...new Set(identities)].filter((identity) => !going.has(identity))
}

function namedLike(folded: string): Condition<'member'>[] {
  if (folded === '') return []
  // MongoDB uses an index of what has a value only where it is asked for that
  return (['nameKey', 'turnedNameKey'] as const).map((field) =>
    all(present<'member'>(field), { field, op: 'startsWith', value: folded }),
  )
}

function membersThat(store: Store, accountId: string, where: Condition<'member'>): Promise<Member[]> {
  return store.find('member', { where: all(equal({ accountId }), where), limit: MAX_MEMBERS })
}

import { commitPlanned } from '../commit/planned.ts'
import { change, revise } from '../ports/changes.ts'
import { all, ascending, atMost, equal } from '../ports/conditions.ts'
import { eachRow } from '../ports/paging.ts'
import { nameKeys } from '../ports/schema/member-names.ts'
import type { RedactionCounts } from '../ports/schema/news-values.ts'
import { isErased, type MemberProfile, PROFILE_FIELDS } from '../ports/schema/values.ts'
import type { Row } from '../ports/schema.ts'
import type { Store } from '../ports/store.ts'
import { purge } from './end-erasure.ts'
import type { EraseDeps } from './erased.ts'
import { itemsIn } from './items-in.ts'
import { eraseFound } from './redact-customer.ts'
import { scrubBodies } from './scrub-bodies.ts'

const PAGE = 100

export interface RedactShopDeps extends EraseDeps {
  /** The credentials of a connector without any secret. */
  readonly sealNothing: (connectorId: string) => string
}

/**
 * Erases what a shop brought that the app has left: bodies and headers of its connectors' deliveries, their secrets, and
 * each member all of whose logs came from them; of other members what those deliveries told. null where the shop is
 * installed. Goes on after a crash where it stopped.
 * @throws AppError STORE_BUSY, STORE_UNAVAILABLE
 */
export async function redactShop(
  deps: RedactShopDeps,
  request: Row<'privacy_request'>,
): Promise<RedactionCounts | null> {
  const { store } = deps
  const { accountId } = request
  const connectors = await connectorsLeft(store, request)
  if (connectors.length === 0) return null
  const own = new Set(connectors.map(({ id }) => id))
  const found = new Set<string>()
  const erased = new Set<string>()
  let [deliveries, codes] = [0, 0]
  for (const { id: connectorId } of connectors) {
    // those that arrive meanwhile are of a shop that came back
    const where = all(
      equal<'delivery'>({ accountId, connectorId }),
      atMost<'delivery', 'receivedAt'>('receivedAt', request.receivedAt),
    )
    for await (const page of deliveryPages(store, where)) {
      const ids = page.map(({ id }) => id)
      for (const [memberId, told] of await toldOf(store, accountId, ids)) {
        if (erased.has(memberId)) continue
        if (await isAllFrom(store, accountId, memberId, own)) {
          codes += await eraseFound(deps, accountId, memberId, found)
          erased.add(memberId)
        } else await forget(deps, accountId, memberId, told)
      }
      await scrubBodies(deps, accountId, ids)
      deliveries += page.filter(({ bodyKeptSince }) => bodyKeptSince !== null).length
    }
  }
  for (const connector of connectors) await endSecrets(deps, connector)
  await purge(store, accountId)
  return { members: erased.size, deliveries, codes }
}

/** Those of the request's shop in the account that are not installed any more; by hand: that are paused. */
async function connectorsLeft(
  store: Store,
  { accountId, connectorId }: Row<'privacy_request'>,
): Promise<Row<'connector'>[]> {
  const [asked] = await store.findByKeys('connector', ['id'], [[connectorId]])
  if (asked === undefined) return []
  const shop = asked.settings.shopDomain
  const own: Row<'connector'>[] = []
  for await (const row of eachRow(store, 'connector', equal({ accountId, platform: asked.platform }), 'id')) {
    if (row.settings.shopDomain === shop) own.push(row)
  }
  const keys = own.map(({ id }) => [id])
  const states = new Map((await store.findByKeys('installation', ['id'], keys)).map((row) => [row.id, row]))
  return own.filter((connector) => {
    const place = states.get(connector.id)
    const isManual = place === undefined || place.method === 'manual' || place.state === 'none'
    return place?.state === 'uninstalled' || (isManual && connector.status === 'paused')
  })
}

async function* deliveryPages(
  store: Store,
  where: ReturnType<typeof equal<'delivery'>>,
): AsyncGenerator<Row<'delivery'>[]> {
  let after: Row<'delivery'> | undefined
  do {
    const rows: Row<'delivery'>[] = await store.find('delivery', {
      where: all(where, after === undefined ? null : { field: 'id', op: 'gt', value: after.id }),
      sort: ascending('id'),
      limit: PAGE,
      omit: ['body', 'headers'],
    })
    if (rows.length > 0) yield rows
    after = rows.length < PAGE ? undefined : rows.at(-1)
  } while (after !== undefined)
}

/** Members whose logs these deliveries made, with what they told of each. */
async function toldOf(
  store: Store,
  accountId: string,
  deliveryIds: readonly string[],
): Promise<Map<string, MemberProfile[]>> {
  const items = await itemsIn(store, { accountId }, new Set(deliveryIds))
  const counted = items.filter(({ streakLogId }) => streakLogId !== null)
  const keys = counted.map(({ streakLogId }) => [accountId, streakLogId!])
  const logs = await store.findByKeys('streak_log', ['accountId', 'id'], keys)
  const owners = new Map(logs.map(({ id, ownedById }) => [id, ownedById]))
  const told = new Map<string, MemberProfile[]>()
  for (const { streakLogId, activity } of counted) {
    const owner = owners.get(streakLogId!)
    if (owner === undefined) continue
    told.set(owner, [...(told.get(owner) ?? []), activity?.profile ?? {}])
  }
  return told
}

/** Whether all of a member's logs came from these connectors. */
async function isAllFrom(
  store: Store,
  accountId: string,
  ownedById: string,
  own: ReadonlySet<string>,
): Promise<boolean> {
  const where = equal<'streak_log'>({ accountId, ownedById })
  let page: string[] = []
  for await (const { deliveryId } of eachRow(store, 'streak_log', where, 'id')) {
    if (deliveryId === null) return false
    page.push(deliveryId)
    if (page.length < PAGE) continue
    if (!(await areFrom(store, accountId, page, own))) return false
    page = []
  }
  return areFrom(store, accountId, page, own)
}

async function areFrom(
  store: Store,
  accountId: string,
  ids: readonly string[],
  own: ReadonlySet<string>,
): Promise<boolean> {
  const keys = [...new Set(ids)].map((id) => [accountId, id])
  const rows = await store.findByKeys('delivery', ['accountId', 'id'], keys)
  return rows.length === keys.length && rows.every(({ connectorId }) => own.has(connectorId))
}

/** Takes from a member what it has from these deliveries; what has been told otherwise since stays. */
async function forget(
  { store, clock }: EraseDeps,
  accountId: string,
  id: string,
  told: readonly MemberProfile[],
): Promise<void> {
  await commitPlanned(store, async () => {
    const [member] = await store.findByKeys('member', ['accountId', 'id'], [[accountId, id]])
    if (member === undefined || isErased(member)) return { changes: [], result: undefined }
    const gone = PROFILE_FIELDS.filter(
      (field) => member[field] !== null && told.some((profile) => profile[field] === member[field]),
    )
    if (gone.length === 0) return { changes: [], result: undefined }
    const left = Object.entries(member.profileTimes).filter(([field]) => !gone.includes(field as never))
    const forgotten = Object.fromEntries(gone.map((field) => [field, null]))
    const set = {
      ...forgotten,
      ...(gone.includes('email') ? { emailIdentity: null } : {}),
      ...nameKeys({ ...member, ...forgotten }),
      profileTimes: Object.fromEntries(left),
      updatedAt: clock.now(),
    }
    return { changes: [revise('member', member, set)], result: undefined }
  })
}

async function endSecrets({ store, clock, sealNothing }: RedactShopDeps, { id }: Row<'connector'>) {
  await commitPlanned(store, async () => {
    const [connector] = await store.findByKeys('connector', ['id'], [[id]])
    if (connector === undefined) return { changes: [], result: undefined }
    const updatedAt = clock.now()
    const set = { sealedCredentials: sealNothing(id), status: 'paused' as const, updatedAt }
    const [place] = await store.findByKeys('installation', ['id'], [[id]])
    const ended = { sealedAccess: null, sealedConsent: null, secretsUntil: null, updatedAt }
    return {
      changes: [
        revise('connector', connector, set),
        ...(place === undefined ? [] : [change('installation', place, {}, ended)]),
      ],
      result: undefined,
    }
  })
}

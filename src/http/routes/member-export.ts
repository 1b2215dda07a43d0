import { deliveriesAbout } from '../../members/deliveries-about.ts'
import { all, equal } from '../../ports/conditions.ts'
import { pagesOf } from '../../ports/paging.ts'
import { isErased } from '../../ports/schema/values.ts'
import type { CollectionName, Row } from '../../ports/schema.ts'
import type { Condition } from '../../ports/store.ts'
import { recordNotFound } from '../../setup/change-row.ts'
import type { HttpDeps } from '../deps.ts'
import { type JsonSchema, orNull, recordRef } from '../json/json-schema.ts'
import type { JsonObject } from '../json/write-json.ts'
import { asListed } from '../list/list.ts'
import { fieldSchema } from '../openapi/records.ts'
import { type Reading, type Resource, type ShownField, withChoices } from '../resource.ts'
import { deliveryResource } from './delivery.ts'
import { memberResource } from './member.ts'
import { memberStreakResource } from './member-streak.ts'
import { rewardLogResource } from './reward-log.ts'
import { streakLogResource } from './streak-log.ts'
import { streakProgressResource } from './streak-progress.ts'
import { withdrawalResource } from './withdrawal.ts'

/** So many deliveries are read at once, without their bodies: these are read one by one. */
const DELIVERIES_PER_READ = 100

/** Records as their list shows them. */
function listed<C extends CollectionName>(
  { collection, fields }: Resource<C>,
  more: object = {},
): JsonSchema {
  const shown = Object.entries(withChoices(collection, fields)).flatMap(([name, field]) =>
    field.onRequest === undefined ? [[name, fieldSchema(collection, field as ShownField)] as const] : [],
  )
  const properties = { ...Object.fromEntries(shown), ...more }
  return { type: 'array', items: { type: 'object', required: Object.keys(properties), properties } }
}

/** Of one member. */
export function exportSchema(deps: HttpDeps): JsonSchema {
  const properties = {
    member: recordRef('member'),
    streakLogs: listed(streakLogResource(deps)),
    withdrawals: listed(withdrawalResource()),
    streakProgress: listed(streakProgressResource(deps)),
    memberStreaks: listed(memberStreakResource(deps)),
    rewardLogs: listed(rewardLogResource(deps)),
    deliveries: listed(deliveryResource(deps), { body: orNull({ type: 'string' }) }),
  }
  return { type: 'object', required: Object.keys(properties), properties }
}

/** Everything that is kept about a member. */
export function memberExport(deps: HttpDeps): Reading {
  return {
    summary: 'Export everything that is kept about a member',
    answers: { name: 'MemberExport', schema: exportSchema(deps) },
    read: ({ caller: { accountId }, now, log }, id) => {
      log({ memberId: id })
      return memberExportText(deps, accountId, id, now)
    },
  }
}

/**
 * Everything that is kept about a member, as one JSON object in pieces: no more than a page of records or one body is
 * held at a time. @throws AppError NOT_FOUND before the first piece
 */
export async function* memberExportText(
  deps: HttpDeps,
  accountId: string,
  id: string,
  now: number,
): AsyncGenerator<string> {
  const [member] = await deps.store.findByKeys('member', ['accountId', 'id'], [[accountId, id]])
  if (member === undefined || isErased(member)) throw recordNotFound('member')
  const deliveryIds = await deliveriesAbout(deps, accountId, id)
  const pages = <C extends Owned>(resource: Resource<C>) => ownPages(deps, resource, { accountId, id, now })
  const [shown] = await asListed(memberResource(deps), [member], accountId, now)
  yield `{"member":${JSON.stringify(shown)}`
  yield* section('streakLogs', pages(streakLogResource(deps)))
  yield* section('withdrawals', pages(withdrawalResource()))
  yield* section('streakProgress', pages(streakProgressResource(deps)))
  yield* section('memberStreaks', pages(memberStreakResource(deps)))
  yield* section('rewardLogs', pages(rewardLogResource(deps)))
  yield* section('deliveries', deliveryPages(deps, deliveryIds, { accountId, now }))
  yield '}'
}

type Owned = 'streak_log' | 'withdrawal' | 'streak_progress' | 'member_streak' | 'reward_log'

/** `,"name":[…]`, a record a piece. */
async function* section(name: string, pages: AsyncIterable<readonly JsonObject[]>): AsyncGenerator<string> {
  yield `,${JSON.stringify(name)}:[`
  let separator = ''
  for await (const page of pages) {
    for (const record of page) {
      yield `${separator}${JSON.stringify(record)}`
      separator = ','
    }
  }
  yield ']'
}

interface Whose {
  readonly accountId: string
  readonly now: number
}

async function* ownPages<C extends Owned>(
  { store }: Pick<HttpDeps, 'store'>,
  resource: Resource<C>,
  { accountId, id: ownedById, now }: Whose & { readonly id: string },
): AsyncGenerator<JsonObject[]> {
  // fields that all of these collections have
  const where = all(equal<Owned>({ accountId, ownedById })) as Condition<CollectionName> as Condition<C>
  for await (const rows of pagesOf(store, resource.collection, where)) {
    yield asListed(resource, rows, accountId, now)
  }
}

async function* deliveryPages(
  deps: HttpDeps,
  ids: readonly string[],
  { accountId, now }: Whose,
): AsyncGenerator<JsonObject[]> {
  const { store } = deps
  const resource = deliveryResource(deps)
  for (let at = 0; at < ids.length; at += DELIVERIES_PER_READ) {
    const some = ids.slice(at, at + DELIVERIES_PER_READ)
    const rows = await store.find('delivery', {
      where: all(equal({ accountId }), { field: 'id', op: 'in', value: some }),
      omit: ['body'],
      sort: [{ field: 'id', order: 'asc' }],
      limit: some.length,
    })
    const records = await asListed(resource, rows, accountId, now)
    for (const [place, record] of records.entries())
      yield [{ ...record, body: await bodyOf(deps, rows[place]!) }]
  }
}

async function bodyOf({ store }: Pick<HttpDeps, 'store'>, { id }: Row<'delivery'>): Promise<string | null> {
  const [row] = await store.findByKeys('delivery', ['id'], [[id]])
  return row === undefined || row.body === null ? null : Buffer.from(row.body).toString('utf8')
}

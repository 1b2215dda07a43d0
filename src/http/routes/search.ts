import { invalid } from '../../errors.ts'
import { searchOrders } from '../../inbox/search/orders.ts'
import { searchMembers } from '../../inbox/search/people.ts'
import type { CollectionName, Row } from '../../ports/schema.ts'
import { readText } from '../../read/values.ts'
import type { HttpDeps } from '../deps.ts'
import { recordRef } from '../json/json-schema.ts'
import type { JsonObject } from '../json/write-json.ts'
import { textSchema } from '../read/zod.ts'
import type { Question } from '../resource.ts'

const MAX_CHARACTERS = 256
const MAX_FOUND = 100
const DEFAULT_FOUND = 20

const PARAMETERS = {
  q: textSchema(MAX_CHARACTERS),
  limit: { type: 'integer', minimum: 1, maximum: MAX_FOUND, default: DEFAULT_FOUND },
}

/** Rows as their records. */
type Present<C extends CollectionName> = (
  accountId: string,
  rows: readonly Row<C>[],
) => Promise<readonly JsonObject[]> | readonly JsonObject[]

function found(noun: string, name: string) {
  return {
    type: 'object',
    required: [name, 'hasMore'],
    properties: { [name]: { type: 'array', items: recordRef(noun) }, hasMore: { type: 'boolean' } },
  } as const
}

/** What was delivered of orders, by whatever is known of them or of who bought. */
export function orderSearchQuestion(
  { store }: Pick<HttpDeps, 'store'>,
  present: Present<'delivery'>,
): Question {
  return {
    summary: 'Search orders',
    parameters: PARAMETERS,
    answers: { name: 'OrdersFound', schema: found('delivery', 'deliveries') },
    async run({ caller: { accountId } }, given) {
      const { sought, limit } = readSearch(given)
      const { deliveries, hasMore } = await searchOrders(store, accountId, sought, limit)
      return { deliveries: await present(accountId, deliveries), hasMore }
    },
  }
}

/** Members, by number, address or name. */
export function memberSearchQuestion(
  { store }: Pick<HttpDeps, 'store'>,
  present: Present<'member'>,
): Question {
  return {
    summary: 'Search members',
    parameters: PARAMETERS,
    answers: { name: 'MembersFound', schema: found('member', 'members') },
    async run({ caller: { accountId } }, given) {
      const { sought, limit } = readSearch(given)
      const { members, hasMore } = await searchMembers(store, accountId, sought, limit)
      return { members: await present(accountId, members), hasMore }
    },
  }
}

function readSearch(given: ReadonlyMap<string, string>) {
  return { sought: readSought(given.get('q')), limit: readLimit(given.get('limit')) }
}

/** @throws AppError INVALID_INPUT */
function readSought(text: string | undefined): string {
  if (text === undefined) throw invalid('q', 'is required')
  if (text.includes('\0')) throw invalid('q', 'must not hold a NUL character')
  const sought = readText(MAX_CHARACTERS)(text)
  if (!sought.ok) throw invalid('q', sought.message)
  return sought.value.trim()
}

/** @throws AppError INVALID_INPUT */
function readLimit(text: string = String(DEFAULT_FOUND)): number {
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0
  if (limit < 1 || limit > MAX_FOUND) throw invalid('limit', `must be a whole number from 1 to ${MAX_FOUND}`)
  return limit
}

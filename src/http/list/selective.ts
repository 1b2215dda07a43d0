import { AppError } from '../../errors.ts'
import type { CollectionName } from '../../ports/schema.ts'
import type { Resource } from '../resource.ts'
import type { OperatorName } from './filter-values.ts'
import type { WrittenLeaf } from './filters.ts'
import { indexedLists } from './indexed.ts'

/** Fields that have an index on the ledger, so that a filtered list does not read all of it. */
export const SELECTIVE_FIELDS = [
  'ownedById',
  'streakId',
  'linkedSchemaRecordId',
  'milestoneId',
  'uniqueIdentifier',
  'connectorId',
  'endpointId',
  'orderId',
  'createdAt',
  'activityAt',
  'recordId',
  'actorId',
  'orderName',
]
const SELECTIVE_OPERATORS: readonly OperatorName[] = [
  'EQUALS',
  'GREATER_THAN',
  'GREATER_THAN_OR_EQUALS',
  'LESS_THAN',
  'LESS_THAN_OR_EQUALS',
]

/** CONTAINS without a selective condition beside it looks at every record: up to so many. */
export const MAX_CONTAINS_RECORDS = 10_000

/** The fields by which an index finds records of a resource, and those in whose order it gives them. */
function indexedFields<C extends CollectionName>(
  resource: Resource<C>,
): { equals: string[]; sorts: string[] } {
  const lists = indexedLists(resource)
  return {
    equals: [...new Set(lists.flatMap(({ equals }) => equals))],
    sorts: [...new Set(lists.flatMap(({ sort }) => sort ?? []))],
  }
}

/** Whether one of these conditions leaves an index to go by. */
export function isSelective<C extends CollectionName>(
  resource: Resource<C>,
  required: readonly WrittenLeaf[],
): boolean {
  const { equals, sorts } = indexedFields(resource)
  return required.some(
    ({ fieldSlug, operator }) =>
      (equals.includes(fieldSlug) &&
        (operator === 'EQUALS' ||
          (operator === 'STARTS_WITH' && resource.fields[fieldSlug]?.folded !== undefined))) ||
      (SELECTIVE_OPERATORS.includes(operator) && sorts.includes(fieldSlug)),
  )
}

/** A list that costs more than it may, with what would help. */
export function tooExpensive<C extends CollectionName>(resource: Resource<C>, why: string): AppError {
  const { equals, sorts } = indexedFields(resource)
  const conditions = [
    ...(equals.length === 0 ? [] : [`EQUALS on one of ${equals.join(', ')}`]),
    `a range on ${sorts.join(' or ')}`,
  ]
  const help = `At its top level this would help: ${conditions.join(', or ')}; sorted by ${sorts.join(' or ')}`
  return new AppError('QUERY_TOO_EXPENSIVE', `The list looks at too many records. ${why}. ${help}`, {
    details: [{ path: 'filters', message: help }],
  })
}

/** A filtered list of a ledger needs one selective condition at its top. @throws AppError FILTER_NOT_SELECTIVE */
export function requireSelective<C extends CollectionName>(
  resource: Resource<C>,
  required: readonly WrittenLeaf[],
): void {
  if (resource.ledger === undefined) return
  const isOfIndex = ({ fieldSlug, operator }: WrittenLeaf) =>
    SELECTIVE_FIELDS.includes(fieldSlug) &&
    (SELECTIVE_OPERATORS.includes(operator) || resource.fields[fieldSlug]?.folded !== undefined)
  if (required.some(isOfIndex)) return
  const names = SELECTIVE_FIELDS.filter((slug) => Object.hasOwn(resource.fields, slug)).join(', ')
  const message = `needs at its top level an EQUALS or a range on one of: ${names}`
  throw new AppError('FILTER_NOT_SELECTIVE', `filters ${message}`, {
    details: [{ path: 'filters', message }],
  })
}

import { AppError } from '../../errors.ts'
import type { CollectionName } from '../../ports/schema.ts'
import type { Resource } from '../resource.ts'
import type { OperatorName } from './filter-values.ts'
import type { WrittenLeaf } from './filters.ts'

/** Fields that have an index on the ledger, so that a filtered list does not read all of it. */
export const SELECTIVE_FIELDS = [
  'ownedById',
  'streakId',
  'linkedSchemaRecordId',
  'milestoneId',
  'uniqueIdentifier',
  'connectorId',
  'orderId',
  'createdAt',
  'activityAt',
  'orderName',
]
const SELECTIVE_OPERATORS: readonly OperatorName[] = [
  'EQUALS',
  'GREATER_THAN',
  'GREATER_THAN_OR_EQUALS',
  'LESS_THAN',
  'LESS_THAN_OR_EQUALS',
]

/** A filtered list of a ledger needs one selective condition at its top. @throws AppError FILTER_NOT_SELECTIVE */
export function requireSelective<C extends CollectionName>(
  resource: Resource<C>,
  required: readonly WrittenLeaf[],
): void {
  if (resource.ledger === undefined) return
  const isSelective = ({ fieldSlug, operator }: WrittenLeaf) =>
    SELECTIVE_FIELDS.includes(fieldSlug) &&
    (SELECTIVE_OPERATORS.includes(operator) || resource.fields[fieldSlug]?.folded !== undefined)
  if (required.some(isSelective)) return
  const names = SELECTIVE_FIELDS.filter((slug) => Object.hasOwn(resource.fields, slug)).join(', ')
  const message = `needs at its top level an EQUALS or a range on one of: ${names}`
  throw new AppError('FILTER_NOT_SELECTIVE', `filters ${message}`, {
    details: [{ path: 'filters', message }],
  })
}

import fc from 'fast-check'
import { FOLDED, type OperatorName, operatorsOf } from '../../../src/http/list/filter-values.ts'
import type { Filter, SortBy } from './oracle.ts'
import type { Field, Subject } from './subject.ts'
import { VALUES } from './values.ts'

export interface ListRequest {
  readonly filter: Filter | null
  readonly sortBy: readonly SortBy[] | null
  readonly offset: number
  readonly limit: number
}

export function operatorsFor(field: Field): readonly OperatorName[] {
  return operatorsOf({
    type: field.type,
    ...(field.isClosed ? { values: [] } : {}),
    ...(field.contains ? { contains: true } : {}),
    ...(field.folded === undefined ? {} : { operators: FOLDED }),
  })
}

export function isSortable({ folded }: Field): boolean {
  return folded === undefined
}

/** One leaf for each operator that a field takes, with values drawn for it. */
export function leafArbitrary(field: Field, operator: OperatorName): fc.Arbitrary<Filter> {
  if (operator === 'IS_NULL' || operator === 'IS_NOT_NULL')
    return fc.constant({ field, operator, values: [] })
  const max = operator === 'IN' || operator === 'NOT_IN' ? 4 : 1
  const value = fc.constantFrom(...field.values)
  return fc
    .array(value, { minLength: 1, maxLength: max })
    .map((values): Filter => ({ field, operator, values }))
}

/** Filters of a resource: conditions on any of its fields, grouped up to three deep. */
function filterArbitrary({ fields }: Subject): fc.Arbitrary<Filter> {
  const leaf = fc
    .constantFrom(...fields)
    .chain((field) =>
      fc.constantFrom(...operatorsFor(field)).chain((operator) => leafArbitrary(field, operator)),
    )
  return fc.letrec<{ node: Filter }>((tie) => {
    const members = fc.array(tie('node'), { minLength: 1, maxLength: 3 })
    return {
      node: fc.oneof(
        { maxDepth: 3, depthSize: 'small' },
        { weight: 3, arbitrary: leaf },
        { weight: 1, arbitrary: members.map((and): Filter => ({ and })) },
        { weight: 2, arbitrary: members.map((or): Filter => ({ or })) },
      ),
    }
  }).node
}

export function sortArbitrary({ fields }: Subject): fc.Arbitrary<SortBy[]> {
  return fc
    .uniqueArray(fc.constantFrom(...fields.filter(isSortable)), {
      minLength: 1,
      maxLength: 3,
      selector: ({ slug }) => slug,
    })
    .chain((chosen) =>
      fc.tuple(
        ...chosen.map((field) =>
          fc.constantFrom('ASC' as const, 'DESC' as const).map((order): SortBy => ({ field, order })),
        ),
      ),
    )
}

/** Lists with filters, orders and pages that have nothing to do with each other. */
export function requestArbitrary(subject: Subject): fc.Arbitrary<ListRequest> {
  return fc.record({
    filter: fc.option(filterArbitrary(subject).map((filter) => selectiveWhereNeeded(subject, filter))),
    sortBy: fc.option(sortArbitrary(subject), { freq: 8 }),
    offset: fc.oneof(fc.constant(0), fc.nat({ max: 70 })),
    limit: fc.oneof(fc.constant(1000), fc.integer({ min: 1, max: 30 })),
  })
}

/** On the ledger a filter needs a selective condition; this one takes nothing away. */
export function selectiveWhereNeeded({ ledger, fields }: Subject, filter: Filter): Filter {
  const field = fields.find(({ slug }) => slug === 'createdAt')
  if (!ledger || field === undefined) return filter
  const [epoch] = VALUES.instant
  return {
    and: [{ field, operator: 'GREATER_THAN_OR_EQUALS', values: epoch === undefined ? [] : [epoch] }, filter],
  }
}

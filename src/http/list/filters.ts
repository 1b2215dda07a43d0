import { invalid } from '../../errors.ts'
import type { Instant } from '../../ports/clock.ts'
import type { CollectionName } from '../../ports/schema.ts'
import type { Condition, Scalar } from '../../ports/store.ts'
import { JsonNumber } from '../../read/exact-json.ts'
import { readOneOf, show } from '../../read/values.ts'
import { type PublicField, type Resource, typeOf } from '../resource.ts'
import {
  type FilterField,
  FOLDED,
  OPERATOR_NAMES,
  OPERATORS,
  type OperatorName,
  operatorsOf,
  readFilterValue,
  readFilterValues,
} from './filter-values.ts'

export const MAX_FILTER_DEPTH = 5
export const MAX_FILTER_LEAVES = 50

/** A leaf as it was written, for the rule about selective filters. */
export interface WrittenLeaf {
  readonly fieldSlug: string
  readonly operator: OperatorName
}

export interface CompiledFilter<C extends CollectionName> {
  readonly condition: Condition<C>
  /** The leaves that must all hold: the filter itself, or the members of an `and` at its top. */
  readonly required: readonly WrittenLeaf[]
  /** Whether any leaf, wherever it stands, asks for CONTAINS, which no index serves. */
  readonly hasContains: boolean
}

/** Turns the `filters` of a request into a condition on stored fields. @throws AppError INVALID_INPUT */
export function compileFilter<C extends CollectionName>(
  resource: Resource<C>,
  written: unknown,
  now: Instant,
): CompiledFilter<C> {
  const compiler = new FilterCompiler(resource, now)
  const condition = compiler.node(written, 'filters', 0)
  return { condition, required: compiler.required, hasContains: compiler.hasContains }
}

class FilterCompiler<C extends CollectionName> {
  readonly required: WrittenLeaf[] = []
  hasContains = false
  readonly #resource: Resource<C>
  readonly #now: Instant
  #leaves = 0

  constructor(resource: Resource<C>, now: Instant) {
    this.#resource = resource
    this.#now = now
  }

  node(written: unknown, path: string, depth: number, allRequired = true): Condition<C> {
    if (!isObject(written)) throw invalid(path, 'must be a condition object')
    const keys = Object.keys(written)
    if (!keys.includes('and') && !keys.includes('or')) return this.#leaf(written, path, allRequired)
    const [group] = keys
    if (keys.length > 1 || (group !== 'and' && group !== 'or')) {
      throw invalid(path, 'must be one of {"and": […]}, {"or": […]} and {"fieldSlug", "operator", "value"}')
    }
    if (depth === MAX_FILTER_DEPTH) throw invalid(path, `nests more than ${MAX_FILTER_DEPTH} levels deep`)
    const members = written[group]
    if (!Array.isArray(members) || members.length === 0) {
      throw invalid(`${path}.${group}`, 'must be a list of at least one condition')
    }
    const required = group === 'and' && depth === 0
    const conditions = members.map((member, index) =>
      this.node(member, `${path}.${group}.${index}`, depth + 1, required),
    )
    return group === 'and' ? { and: conditions } : { or: conditions }
  }

  #leaf(written: Record<string, unknown>, path: string, required: boolean): Condition<C> {
    this.#leaves += 1
    if (this.#leaves > MAX_FILTER_LEAVES)
      throw invalid('filters', `has more than ${MAX_FILTER_LEAVES} conditions`)
    const stranger = Object.keys(written).find((key) => !['fieldSlug', 'operator', 'value'].includes(key))
    if (stranger !== undefined) throw invalid(path, `has an unknown field ${show(stranger)}`)
    const { fieldSlug } = written
    const field = typeof fieldSlug === 'string' ? ownField(this.#resource, fieldSlug) : undefined
    const filterable = field === undefined ? null : filterFieldOf(this.#resource, field)
    if (typeof fieldSlug !== 'string' || field === undefined || filterable === null) {
      const names = filterableSlugs(this.#resource).join(', ')
      throw invalid(`${path}.fieldSlug`, `${show(fieldSlug)} cannot be filtered; these can: ${names}`)
    }
    const operator = readOneOf(OPERATOR_NAMES)(written.operator)
    if (!operator.ok) throw invalid(`${path}.operator`, operator.message)
    const allowed = operatorsOf(filterable)
    if (!allowed.includes(operator.value)) {
      throw invalid(
        `${path}.operator`,
        `${operator.value} does not work on ${fieldSlug}; these do: ${allowed.join(', ')}`,
      )
    }
    if (operator.value === 'CONTAINS') this.hasContains = true
    if (required) this.required.push({ fieldSlug, operator: operator.value })
    return this.#condition(field, filterable, operator.value, written, path)
  }

  #condition(
    field: PublicField<C>,
    filterable: FilterField,
    operator: OperatorName,
    written: Record<string, unknown>,
    path: string,
  ): Condition<C> {
    const op = OPERATORS[operator]
    if (op === 'isNull' || op === 'isNotNull') {
      if (written.value !== undefined && written.value !== null)
        throw invalid(`${path}.value`, `has no place with ${operator}`)
      return this.#nullCondition(field, op)
    }
    const isList = op === 'in' || op === 'nin'
    const read = isList
      ? readFilterValues(filterable, written.value)
      : readFilterValue(filterable, written.value)
    if (!read.ok) throw invalid(`${path}.value`, read.message)
    if (field.filter !== undefined) {
      const named = new Set((isList ? read.value : [read.value]) as string[])
      const isNamed = op === 'eq' || op === 'in'
      const wanted = field.filter.values.filter((value) => named.has(value) === isNamed)
      return field.filter.toCondition(wanted, this.#now)
    }
    if (field.folded !== undefined) {
      const value = field.folded.of(String(read.value))
      if (value === '' && op === 'startsWith') throw invalid(`${path}.value`, 'must not be empty')
      return { field: field.folded.stored, op, value } as Condition<C>
    }
    const condition = { field: field.stored, op, value: read.value } as Condition<C>
    return (op === 'eq' || op === 'in') && field.lookup !== undefined
      ? { and: [lookupCondition(field.lookup, read.value), condition] }
      : condition
  }

  /** A rewritten field is computed and never null. */
  #nullCondition(field: PublicField<C>, op: 'isNull' | 'isNotNull'): Condition<C> {
    if (field.filter === undefined) return { field: field.stored, op } as Condition<C>
    return field.filter.toCondition(op === 'isNull' ? [] : field.filter.values, this.#now)
  }
}

/** Follows from the condition itself, and is there for the index it can go by. */
function lookupCondition<C extends CollectionName>(
  { stored, of }: NonNullable<PublicField<C>['lookup']>,
  value: Scalar | readonly Scalar[],
): Condition<C> {
  const forms = (Array.isArray(value) ? value : [value]).flatMap((item) => of(String(item)))
  const [form] = forms
  return forms.length === 1 && form !== undefined
    ? { field: stored, op: 'eq', value: form }
    : { field: stored, op: 'in', value: forms }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber)
  )
}

export function ownField<C extends CollectionName>(
  resource: Pick<Resource<C>, 'fields'>,
  slug: string,
): PublicField<C> | undefined {
  return Object.hasOwn(resource.fields, slug) ? resource.fields[slug] : undefined
}

/** What a field can be filtered by; null when it cannot. */
export function filterFieldOf<C extends CollectionName>(
  resource: Pick<Resource<C>, 'collection'>,
  field: PublicField<C>,
): FilterField | null {
  if (field.filter !== undefined) return { type: 'text', values: field.filter.values }
  if (field.folded !== undefined) return { type: 'text', operators: FOLDED }
  const type = typeOf(resource.collection, field)
  if (type === null || type === 'json' || type === 'bytes') return null
  return {
    type,
    ...(field.values === undefined ? {} : { values: field.values }),
    ...(field.contains === undefined ? {} : { contains: field.contains }),
    ...(field.sum === undefined ? {} : { sum: field.sum }),
  }
}

function filterableSlugs<C extends CollectionName>(resource: Resource<C>): string[] {
  return Object.entries(resource.fields).flatMap(([slug, field]) =>
    filterFieldOf(resource, field) === null ? [] : [slug],
  )
}

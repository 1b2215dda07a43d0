import type { CollectionName } from '../../ports/schema.ts'
import { componentName, type JsonSchema } from '../json/json-schema.ts'
import {
  EQUALITY,
  type FilterField,
  filterValueSchema,
  MAX_LIST_VALUES,
  type OperatorName,
  operatorsOf,
  RANGES,
} from '../list/filter-values.ts'
import { filterFieldOf, MAX_FILTER_DEPTH, MAX_FILTER_LEAVES } from '../list/filters.ts'
import { DEFAULT_LIMIT, MAX_LIMIT, MAX_OFFSET } from '../list/query.ts'
import { SELECTIVE_FIELDS } from '../list/selective.ts'
import { isSortable, MAX_SORT_FIELDS } from '../list/sort.ts'
import type { PublicField } from '../resource.ts'
import type { Recorded } from './records.ts'

type Field = PublicField<CollectionName>

/** Field by field, what its filter takes; none where it cannot be filtered. */
function filterable({ collection, fields }: Recorded): [string, FilterField][] {
  return Object.entries(fields).flatMap(([name, field]) => {
    const filter = filterFieldOf({ collection }, field as Field)
    return filter === null ? [] : [[name, filter]]
  })
}

function sortable({ collection, fields }: Recorded): string[] {
  return Object.entries(fields).flatMap(([name, field]) =>
    isSortable({ collection }, field as Field) ? [name] : [],
  )
}

export function filterName({ noun }: Recorded): string {
  return `${componentName(noun)}Filter`
}

/** Conditions on this resource: a comparison, or a group of conditions. Each has a name, as generators want it. */
export function filterSchemas(resource: Recorded): Record<string, JsonSchema> {
  const name = filterName(resource)
  const condition = { $ref: `#/components/schemas/${name}` }
  const group = (key: 'and' | 'or') => ({
    type: 'object',
    required: [key],
    additionalProperties: false,
    properties: { [key]: { type: 'array', minItems: 1, items: condition } },
  })
  return {
    [name]: {
      description: `A comparison, or conditions under \`and\` or \`or\`: at most ${MAX_FILTER_DEPTH} deep, ${MAX_FILTER_LEAVES} comparisons.`,
      anyOf: ['Comparison', 'All', 'Any'].map((kind) => ({ $ref: `#/components/schemas/${name}${kind}` })),
    },
    [`${name}Comparison`]: comparisonSchema(resource),
    [`${name}All`]: group('and'),
    [`${name}Any`]: group('or'),
  }
}

const OF_LISTS: readonly OperatorName[] = ['IN', 'NOT_IN']
const OF_NOTHING: readonly OperatorName[] = ['IS_NULL', 'IS_NOT_NULL']

/**
 * One comparison: a field, an operator that works on it, and the value it takes, which is a list for some and nothing
 * for others. Fields that take the same stand together.
 */
function comparisonSchema(resource: Recorded): JsonSchema {
  const alike = new Map<string, { names: string[]; operators: readonly OperatorName[]; value: JsonSchema }>()
  for (const [name, field] of filterable(resource)) {
    const [operators, value] = [operatorsOf(field), filterValueSchema(field)]
    const key = JSON.stringify([operators, value])
    const group = alike.get(key) ?? { names: [], operators, value }
    group.names.push(name)
    alike.set(key, group)
  }
  const groups = [...alike.values()]
  const ofNothing = groups.filter(({ operators }) => operators.includes('IS_NULL'))
  return {
    // the page at `/docs` shows what is an object in a field of several lines
    type: 'object',
    description: 'Lists are for IN and NOT_IN; IS_NULL and IS_NOT_NULL take nothing.',
    anyOf: [
      ...groups.flatMap(({ names, operators, value }) => {
        const list = { type: 'array', minItems: 1, maxItems: MAX_LIST_VALUES, items: value }
        const ofOne = operators.filter((name) => !OF_LISTS.includes(name) && !OF_NOTHING.includes(name))
        return [
          comparison(names, ofOne, { value }, ['value']),
          ...(operators.includes('IN') ? [comparison(names, OF_LISTS, { value: list }, ['value'])] : []),
        ]
      }),
      comparison(
        ofNothing.flatMap(({ names }) => names),
        OF_NOTHING,
        { value: { type: 'null' } },
      ),
    ],
  }
}

function comparison(
  names: readonly string[],
  operators: readonly OperatorName[],
  value: Readonly<Record<'value', JsonSchema>>,
  required: readonly string[] = [],
): JsonSchema {
  return {
    type: 'object',
    required: ['fieldSlug', 'operator', ...required],
    additionalProperties: false,
    properties: {
      fieldSlug: { type: 'string', enum: names },
      operator: { type: 'string', enum: operators },
      ...value,
    },
  }
}

/** What lists of this resource take, with a table of its fields. */
export function listText(resource: Recorded): string {
  const operators = new Map(filterable(resource).map(([name, field]) => [name, operatorsOf(field)] as const))
  const sorts = new Set(sortable(resource))
  const rows = Object.keys(resource.fields).flatMap((name) => {
    const own = operators.get(name)
    if (own === undefined && !sorts.has(name)) return []
    return [`| \`${name}\` | ${inGroups(own ?? [])} | ${sorts.has(name) ? 'yes' : 'no'} |`]
  })
  const selective = SELECTIVE_FIELDS.filter((name) => Object.hasOwn(resource.fields, name))
  const rule = `With \`filters\`, one condition at the top level must be an EQUALS or a range on one of: ${selective.join(', ')}.`
  return [
    ...(resource.ledger === undefined ? [] : [rule, '']),
    `*equality*: ${EQUALITY.join(', ')}. *ranges*: ${RANGES.join(', ')}.`,
    '',
    '| field | operators | sortable |',
    '|---|---|---|',
    ...rows,
    ...quickLists(resource),
  ].join('\n')
}

/** The lists that cost the same however many records there are. */
function quickLists({ indexed = [] }: Recorded): string[] {
  if (indexed.length === 0) return []
  const lines = indexed.map(({ equals, sort }) => {
    const filters = equals.map((name) => `\`${name}\``).join(' and ')
    const which = equals.length === 0 ? 'all' : `those with EQUALS on ${filters}`
    return `- ${which}${sort === null ? '' : `, sorted by \`${sort}\`, also with a range on it`}`
  })
  return ['', 'Quick however many records there are:', '', ...lines]
}

/** Operators that come together under one name, so that the table stays narrow. */
function inGroups(operators: readonly OperatorName[]): string {
  const groups = [
    ...(EQUALITY.every((name) => operators.includes(name)) ? ['equality'] : []),
    ...(RANGES.every((name) => operators.includes(name)) ? ['ranges'] : []),
  ]
  const others = operators.filter((name) => !EQUALITY.includes(name) && !RANGES.includes(name))
  return [...groups, ...others].join(', ') || '–'
}

export function listParameters(resource: Recorded): JsonSchema[] {
  const names = Object.keys(resource.fields)
  const fields = {
    type: 'array',
    minItems: 1,
    uniqueItems: true,
    items: { type: 'string', enum: names },
  }
  const condition = { $ref: `#/components/schemas/${filterName(resource)}` }
  const order = {
    type: 'array',
    maxItems: MAX_SORT_FIELDS,
    uniqueItems: true,
    items: {
      type: 'object',
      required: ['fieldSlug'],
      additionalProperties: false,
      properties: {
        fieldSlug: { type: 'string', enum: sortable(resource) },
        order: { type: 'string', enum: ['ASC', 'DESC'], default: 'ASC' },
      },
    },
  }
  return [
    inJson('fields', 'Which fields to show, as a JSON array. Default: all but joined records.', {
      schema: fields,
      example: usuallyShown(resource),
    }),
    inJson('filters', 'Which records, as a JSON condition.', {
      schema: condition,
      example: { fieldSlug: 'createdAt', operator: 'GREATER_THAN', value: '2026-01-01T00:00:00Z' },
    }),
    inJson('sortBy', 'In which order, as a JSON array. Default: the newest first; ties by `id`.', {
      schema: order,
      example: [{ fieldSlug: 'createdAt', order: 'DESC' }],
    }),
    { $ref: '#/components/parameters/offset' },
    { $ref: '#/components/parameters/limit' },
    { $ref: '#/components/parameters/fetchTotalCount' },
  ]
}

/** The fields that a list shows where none are asked for, to whoever may read it. */
function usuallyShown({ fields, endUser }: Recorded): string[] {
  const names = endUser?.shows ?? Object.keys(fields)
  return names.filter((name) => fields[name]?.onRequest === undefined)
}

/** The example works as it stands: the page at `/docs` fills it in. */
function inJson(
  name: string,
  description: string,
  content: { readonly schema: JsonSchema; readonly example: unknown },
): JsonSchema {
  return { name, in: 'query', description, content: { 'application/json': content } }
}

/** Parameters that every list takes. */
export const sharedParameters: Readonly<Record<string, JsonSchema>> = {
  offset: {
    name: 'offset',
    in: 'query',
    description: 'How many records to pass over.',
    schema: { type: 'integer', minimum: 0, maximum: MAX_OFFSET, default: 0 },
  },
  limit: {
    name: 'limit',
    in: 'query',
    description: 'How many records to answer at most.',
    schema: { type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT },
  },
  fetchTotalCount: {
    name: 'fetchTotalCount',
    in: 'query',
    description: 'Whether to count all records that match.',
    schema: { type: 'boolean', default: false },
  },
}

export const pagingSchema: JsonSchema = {
  type: 'object',
  required: ['offset', 'limit', 'hasMore'],
  properties: {
    offset: { type: 'integer' },
    limit: { type: 'integer' },
    hasMore: { type: 'boolean', description: 'Whether more records follow.' },
    totalCount: { type: 'integer', description: 'With `fetchTotalCount`: exact up to 100,000.' },
    totalCountCapped: { type: 'boolean', const: true, description: 'There are more than `totalCount`.' },
  },
}

import { operatorsOf } from '../../src/http/list/filter-values.ts'
import { filterFieldOf } from '../../src/http/list/filters.ts'
import { isSortable } from '../../src/http/list/sort.ts'
import type { PublicField, Served } from '../../src/http/resource.ts'
import { type CollectionName, specOf } from '../../src/ports/schema.ts'

const TYPES: Readonly<Record<string, string>> = { instant: 'datetime', integer: 'whole number' }

/** The tables of docs/lists.md as the code has them, a line for each row. */
export function fieldRows({ collection, fields = {} }: Served): string[] {
  if (collection === undefined) return []
  return Object.entries(fields).map(([slug, shown]) => {
    const field = shown as PublicField<CollectionName>
    const filter = filterFieldOf({ collection }, field)
    const operators = filter === null ? [] : operatorsOf(filter)
    const groups = [
      operators.includes('EQUALS') ? 'equality' : [],
      operators.includes('GREATER_THAN') ? 'ranges' : [],
      operators.includes('STARTS_WITH') ? 'STARTS_WITH' : [],
      operators.includes('CONTAINS') ? 'CONTAINS' : [],
    ].flat()
    const stored = field.stored === undefined ? undefined : specOf(collection).fields[field.stored]
    const values = filter?.values ?? field.values
    const kind = values?.join(', ') ?? TYPES[stored?.type ?? ''] ?? (filter === null ? '' : filter.type)
    const sorts = isSortable({ collection }, field) ? 'yes' : ''
    return `| \`${slug}\` | ${kind} | ${groups.join(', ')} | ${sorts} |`.replaceAll('  |', ' |')
  })
}

export function indexedRows({ slug, indexed = [] }: Served): string[] {
  return indexed.map(({ equals, sort }) => {
    const fields = equals.map((field) => `\`${field}\``).join(' and ')
    return `| \`${slug}\` | ${fields || 'no condition'} | ${sort === null ? 'any: there is at most one' : `\`${sort}\``} |`
  })
}

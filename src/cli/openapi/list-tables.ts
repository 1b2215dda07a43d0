import { operatorsOf } from '../../http/list/filter-values.ts'
import { filterFieldOf } from '../../http/list/filters.ts'
import { isSortable } from '../../http/list/sort.ts'
import type { PublicField, Served } from '../../http/resource.ts'
import { type CollectionName, specOf } from '../../ports/schema.ts'

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

const FIELDS_HEAD = ['| field | values | filter | sort |', '|---|---|---|---|']

/** docs/lists.md with the tables that these resources have now; what is written around them stays. */
export function withTables(page: string, resources: readonly Served[]): string {
  const listed = resources.filter(({ allows }) => allows.includes('list'))
  const [before = '', fields = ''] = page.split(/(?<=\n## Fields\n)/)
  const quick = before.replace(/(?<=\|\n)(?:\| `.*\n)+/, `${listed.flatMap(indexedRows).join('\n')}\n`)
  const [lead = ''] = fields.split(/(?=\n### )/)
  const tables = listed.map((resource) =>
    ['', `### \`${resource.slug}\``, '', ...FIELDS_HEAD, ...fieldRows(resource), ''].join('\n'),
  )
  return [quick, lead, ...tables].join('')
}

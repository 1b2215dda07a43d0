import { readdirSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from '@jest/globals'
import { optional, text, withDefault } from '../../src/ports/schema/spec.ts'
import { VERSIONS } from '../../src/ports/schema/versions.ts'
import { type CollectionName, SCHEMA, SCHEMA_VERSION, SHAPE, specOf } from '../../src/ports/schema.ts'
import { checkSchema } from '../../src/store/plan.ts'
import { TABLES } from '../../src/store/sqlite/tables.ts'
import { frozenFile } from '../helpers/frozen-stores.ts'

const frozen = readdirSync(frozenFile('.'))
  .flatMap((name) => /^v(\d+)\.sqlite$/.exec(name)?.slice(1) ?? [])
  .map(Number)
  .sort((one, other) => one - other)
const newest = frozen.at(-1) ?? 0

/** What a frozen store holds: columns by their tables, and the SQL of indexes. */
function shapeOf(version: number) {
  const db = new DatabaseSync(frozenFile(`v${version}.sqlite`), { readOnly: true })
  const indexes = db
    .prepare(`SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL`)
    .all()
  const columns = (table: string) =>
    db
      .prepare('SELECT name FROM pragma_table_info(?)')
      .all(table)
      .map(({ name }) => String(name))
  const tables = (Object.keys(SCHEMA) as CollectionName[]).map((table) => [table, columns(table)] as const)
  db.close()
  return { columns: new Map(tables), indexes: new Map(indexes.map(({ name, sql }) => [name, sql])) }
}

describe('the versions of the schema', () => {
  it('are numbered without gaps, each with a line for people', () => {
    expect(VERSIONS.map(({ version }) => version)).toEqual(VERSIONS.map((_, at) => at + 1))
    expect(VERSIONS.filter(({ what }) => what.trim() === '' || what.endsWith('.'))).toEqual([])
    expect(SCHEMA_VERSION).toBe(VERSIONS.length)
    expect(SHAPE.versions).toBe(VERSIONS)
  })

  it('have steps on collections and fields that there are', () => {
    for (const { steps = [] } of VERSIONS) {
      for (const step of steps) {
        expect(Object.keys(SCHEMA)).toContain(step.collection)
        if (step.kind === 'drop_index') {
          expect(Object.keys(specOf(step.collection as CollectionName).indexes)).not.toContain(step.index)
        }
      }
    }
  })

  it('get a new one when the schema changes: add a line to VERSIONS, as docs/adding-a-field.md says', () => {
    // until then a store that is there would not be brought forward
    if (SCHEMA_VERSION > newest) return
    const { columns, indexes } = shapeOf(newest)
    for (const table of Object.values(TABLES)) {
      const fields = table.columns.map(({ name }) => name)
      expect({ collection: table.collection, fields: columns.get(table.collection) }).toEqual({
        collection: table.collection,
        fields,
      })
      for (const [name, sql] of table.indexSql)
        expect({ name, sql: indexes.get(name) }).toEqual({ name, sql })
    }
  })

  it('have a frozen store of each that is over, for later programs to open', () => {
    for (let version = 1; version < SCHEMA_VERSION; version++) expect(frozen).toContain(version)
    expect(newest).toBeLessThanOrEqual(SCHEMA_VERSION)
  })
})

describe('a field of the schema', () => {
  it.each(frozen)('that came after version %s has a default, or may be null', (version) => {
    const { columns } = shapeOf(version)
    for (const collection of Object.keys(SCHEMA) as CollectionName[]) {
      const known = columns.get(collection) ?? []
      if (known.length === 0) continue
      for (const [field, spec] of Object.entries(specOf(collection).fields)) {
        const reads = known.includes(field) || spec.nullable || spec.default !== undefined
        expect({ field: `${collection}.${field}`, reads }).toEqual({
          field: `${collection}.${field}`,
          reads: true,
        })
      }
    }
  })

  it('has no default where it may be null', () => {
    expect(() => withDefault(optional(text()), 'none')).toThrow(/null/)
    expect(optional(withDefault(text(), 'none'))).toEqual({ type: 'text', nullable: true })
  })

  it('with a default is in no index that this would deceive', () => {
    expect(() => checkSchema(SCHEMA)).not.toThrow()
  })
})

import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { IndexSpec } from '../../src/ports/schema/spec.ts'
import { specOf } from '../../src/ports/schema.ts'
import { keysSql } from '../../src/store/sqlite/queries.ts'
import { TABLES } from '../../src/store/sqlite/tables.ts'
import { afterPrefix } from '../../src/store/sqlite/where.ts'

describe('the statements of the SQLite store', () => {
  let db: DatabaseSync
  beforeAll(() => {
    db = new DatabaseSync(':memory:')
    for (const table of Object.values(TABLES)) for (const sql of table.createSql) db.exec(sql)
  })
  afterAll(() => db.close())

  const planOf = (sql: string, ...params: (string | number)[]): string =>
    db
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...params)
      .map((step) => String(step.detail))
      .join('; ')

  it.each(Object.keys(TABLES) as (keyof typeof TABLES)[])(
    'find %s by key through its indexes',
    (collection) => {
      const table = TABLES[collection]
      const byId = keysSql(table, [table.column('id')], [0])
      expect(planOf(byId, '[]')).toMatch(/SEARCH t USING INDEX \S+ \(id=\?\)/)
      const indexes: [string, IndexSpec][] = Object.entries(specOf(collection).indexes)
      for (const [name, { fields, where }] of indexes) {
        // a key cannot say what a partial index over booleans leaves out
        if (where?.isTrue !== undefined) continue
        const columns = fields.map((field) => table.column(field))
        const places = [...fields.keys()]
        for (const varying of [places, ...places.map((place) => [place])]) {
          const common = places.filter((place) => !varying.includes(place)).map(() => '')
          const plan = planOf(keysSql(table, columns, varying), '[]', ...common)
          expect(plan).toContain(`SEARCH t USING INDEX ${name} (`)
        }
      }
    },
  )

  it('change one row through its id', () => {
    const plan = planOf(
      'UPDATE member_streak SET version = ? WHERE id = ? AND accountId = ? AND version IS ?',
      2,
      'a',
      'b',
      1,
    )
    expect(plan).toMatch(/SEARCH member_streak USING INDEX \S+ \(id=\?\)/)
  })

  it('read the default order of a list from an index', () => {
    const sql = 'SELECT * FROM streak_log WHERE accountId = ? ORDER BY createdAt DESC, id ASC LIMIT 20'
    expect(planOf(sql, 'a')).toBe('SEARCH streak_log USING INDEX streak_log_created (accountId=?)')
  })

  it('know the end of a prefix: all that starts with it lies before, all that is greater lies behind', () => {
    const text = fc.string({ unit: 'binary' })
    const bytes = (value: string) => Buffer.from(value)
    fc.assert(
      fc.property(text, text, (prefix, other) => {
        const end = afterPrefix(prefix)
        const isInside = (value: string) =>
          Buffer.compare(bytes(value), bytes(prefix)) >= 0 &&
          (end === undefined || Buffer.compare(bytes(value), bytes(end)) < 0)
        expect(isInside(prefix + other)).toBe(true)
        expect(isInside(other)).toBe(other.startsWith(prefix))
      }),
    )
    expect(afterPrefix('')).toBeUndefined()
    expect(afterPrefix('\u{10ffff}')).toBeUndefined()
    expect(afterPrefix('a\u{10ffff}')).toBe('b')
    expect(afterPrefix('\ud7ff')).toBe('\ue000')
  })
})

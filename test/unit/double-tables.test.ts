import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { openTables } from '../../src/doubles/parts/tables.ts'
import { makeTempFolder } from '../helpers/temp-folder.ts'

interface Row {
  readonly id: string
  readonly names: string[]
}

let file: string
let remove: () => Promise<void>

beforeEach(async () => {
  const [folder, removeFolder] = await makeTempFolder()
  remove = removeFolder
  file = join(folder, 'double.jsonl')
})
afterEach(() => remove())

it('what was put is there after a kill, what was deleted is not, and a line that was cut short is dropped', () => {
  const before = openTables(file)
  const rows = before.table<Row>('rows')
  rows.put({ id: 'a', names: ['x'] })
  rows.put({ id: 'b', names: [] })
  rows.put({ id: 'a', names: ['y'] })
  rows.delete('b')
  expect(before.nextNumber('orders', 1001)).toBe(1001)
  // no close: the program was killed, in the middle of a line
  appendFileSync(file, '{"table":"rows","id":"c","ro')
  const after = openTables(file)
  expect(after.table<Row>('rows').all()).toEqual([{ id: 'a', names: ['y'] }])
  expect(after.nextNumber('orders', 1001)).toBe(1002)
  after.table<Row>('rows').put({ id: 'd', names: [] })
  after.close()
  expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(4)
})

it('what was done together is there whole after a kill, or not at all', () => {
  const before = openTables(file)
  const rows = before.table<Row>('rows')
  rows.put({ id: 'a', names: [] })
  const many = before.together(() => {
    rows.put({ id: 'b', names: ['x'] })
    rows.put({ id: 'c', names: ['x'] })
    rows.delete('a')
    return rows.all().length
  })
  expect(many).toBe(2)
  const text = readFileSync(file, 'utf8')
  const all = openTables(file).table<Row>('rows').all()
  expect(all.map(({ id }) => id)).toEqual(['b', 'c'])
  // killed in the middle of what was done together
  writeFileSync(file, text.slice(0, -2))
  const none = openTables(file).table<Row>('rows').all()
  expect(none.map(({ id }) => id)).toEqual(['a'])
})

it('what was done together before it failed is kept', () => {
  const before = openTables(file)
  const fail = () =>
    before.together(() => {
      before.table<Row>('rows').put({ id: 'a', names: [] })
      throw new Error('refused')
    })
  expect(fail).toThrow('refused')
  expect(openTables(file).table<Row>('rows').all()).toHaveLength(1)
})

it('what is read is a copy', () => {
  const rows = openTables(null).table<Row>('rows')
  rows.put({ id: 'a', names: ['x'] })
  rows.get('a')?.names.push('y')
  rows.all()[0]?.names.push('y')
  rows.find(() => true)?.names.push('y')
  expect(rows.get('a')).toEqual({ id: 'a', names: ['x'] })
})

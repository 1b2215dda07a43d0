import { randomUUID } from 'node:crypto'
import type { Served } from '../../../src/http/resource.ts'
import { foldOrderName } from '../../../src/ports/schema/purchases.ts'
import type { FieldType } from '../../../src/ports/schema/spec.ts'
import { type CollectionName, type Row, specOf } from '../../../src/ports/schema.ts'
import type { Scalar } from '../../../src/ports/store.ts'
import { foldCode } from '../../../src/rewards/code.ts'
import { row } from '../store/rows.ts'
import { VALUES, type Value } from './values.ts'

export const ROWS = 64
export type AnyRow = Readonly<Record<string, unknown>>

/** A field as the suite knows it: how it is asked for, and what a row has there. */
export interface Field {
  readonly slug: string
  readonly type: FieldType
  readonly nullable: boolean
  readonly isClosed: boolean
  readonly contains: boolean
  readonly values: readonly Value[]
  /** Compared in a form of its own, by two operators, and not sorted by. */
  readonly folded?: { of(text: string): string }
  valueIn(row: AnyRow): Scalar | null
}

export interface Subject {
  readonly slug: string
  readonly ledger: boolean
  readonly collection: CollectionName
  readonly fields: readonly Field[]
}

const closed = (values: readonly string[]): Value[] =>
  values.map((value) => ({ sent: JSON.stringify(value), stored: value }))

/** Everything about a resource that can be filtered and sorted, said by its fields; computed ones as of `now`. */
export function subjectOf(resource: Served, now: number): Subject {
  const { collection, fields = {}, slug } = resource
  if (collection === undefined) throw new Error(`${slug} is of no collection`)
  const known = Object.entries(fields).flatMap(([name, field]): Field[] => {
    const common = { slug: name, contains: field.contains === true }
    if (field.filter !== undefined) {
      const values = closed(field.filter.values)
      const valueIn = computed(name, now)
      return [{ ...common, type: 'text', nullable: false, isClosed: true, values, valueIn }]
    }
    const { stored } = field
    const spec = stored === undefined ? undefined : specOf(collection).fields[stored]
    if (stored === undefined || spec === undefined || VALUES[spec.type].length === 0) return []
    const isClosed = field.values !== undefined
    const { folded } = field
    if (folded !== undefined) {
      const values = VALUES.text.filter(({ stored }) => folded.of(String(stored)) !== '')
      const valueIn = (of: AnyRow) => of[stored] as Scalar | null
      return [{ ...common, type: 'text', nullable: true, isClosed, values, folded, valueIn }]
    }
    const values = isClosed ? closed(field.values) : VALUES[spec.type]
    const valueIn = (of: AnyRow) => of[stored] as Scalar | null
    return [{ ...common, type: spec.type, nullable: spec.nullable, isClosed, values, valueIn }]
  })
  return { slug, collection, fields: known, ledger: resource.ledger === true }
}

function computed(slug: string, now: number): Field['valueIn'] {
  if (slug !== 'streakProgressStatus') throw new Error(`the suite does not know how ${slug} is computed`)
  return ({ completed, periodEndAt }) =>
    completed === true ? 'completed' : now < Number(periodEndAt) ? 'in_progress' : 'broken'
}

/** What the fields that nobody asks for by name must be, and unique ones. */
const GIVEN: { readonly [C in CollectionName]?: (at: number, now: number) => Partial<Row<C>> } = {
  api_key: (at) => ({ name: `${textAt(at)}${at}`, apiKey: randomUUID() }),
  connector: () => ({ rules: [], recentRefusals: [] }),
  webhook_message: () => ({ attempts: [] }),
  coupon_provider: (at) => ({ name: `${textAt(at)}${at}` }),
  member: (at) => ({ externalId: `${textAt(at)}${at}` }),
  streak_log: (at) => ({ uniqueIdentifier: at % 3 === 0 ? `log ${at}` : `${textAt(at)}${at}` }),
  member_streak: (at) => ({ streakId: `0190a000-0000-7000-8000-0000000001${at + 10}` }),
  coupon_code: (at) => {
    const code = `${at % 2 === 0 ? 'Code' : 'CODE'}-${at}`
    return { code, foldedCode: foldCode(code), source: at % 8 === 7 ? 'drawn' : 'pool' }
  },
  withdrawal: (at) => ({
    uniqueIdentifier: at % 4 === 3 ? null : `${textAt(at)}${at}`,
    withdrawalId: at % 4 === 3 ? `0190a000-0000-7000-8000-0000000002${at + 10}` : null,
  }),
  streak_progress: (at, now) => ({
    periodNumber: at,
    completed: at % 3 === 0,
    // ends before, at and after the moment of the request
    periodEndAt: now + (at % 5) - 2,
  }),
}

function textAt(at: number): string {
  return String(VALUES.text[at % VALUES.text.length]?.stored)
}

/** Rows that hold every value of each field, each field in a rhythm of its own, with nulls between and many ties. */
export function rowsOf({ collection, fields }: Subject, accountId: string, now: number): AnyRow[] {
  return Array.from({ length: ROWS }, (_, at) => {
    const made: Record<string, unknown> = { accountId }
    for (const [place, { slug, values, nullable }] of fields.entries()) {
      if (slug === 'id' || specOf(collection).fields[slug] === undefined) continue
      const pool = [...values.map(({ stored }) => stored), ...(nullable ? [null, null] : [])]
      made[slug] = pool[(at * (place + 1) + place + Math.floor(at / pool.length)) % pool.length]
    }
    // a handful of moments, so that most rows share theirs with others
    made.createdAt = 1_700_000_000_000 + (at % 7)
    // what a name is looked up by follows from it
    if (collection === 'delivery') {
      made.orderNameKey = made.orderName === null ? null : foldOrderName(String(made.orderName))
    }
    return row(collection, { ...made, ...GIVEN[collection]?.(at, now) } as never) as AnyRow
  })
}

/** The subject with values that rows have where they were made otherwise: else nothing would ever be found by them. */
export function withValuesOf(rows: readonly AnyRow[], subject: Subject): Subject {
  const fields = subject.fields.map((field): Field => {
    const isOwn = rows.some((row) => field.values.some(({ stored }) => stored === field.valueIn(row)))
    const found = rows.slice(0, 8).map((row) => field.valueIn(row))
    const values = isOwn ? [] : found.filter((value) => value !== null)
    const added = values.map((stored) => {
      const written = field.type === 'instant' ? new Date(Number(stored)).toISOString() : stored
      return { sent: JSON.stringify(written), stored }
    })
    return { ...field, values: [...field.values, ...added] }
  })
  return { ...subject, fields }
}

/** Rows of the collection that are no records of the resource. */
export function isRecord({ collection }: Subject, row: AnyRow): boolean {
  if (collection === 'backfill') return row.kind === 'backfill'
  return collection !== 'coupon_code' || row.source === 'pool'
}

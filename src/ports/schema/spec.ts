import type { Quantity } from '../../streaks/quantity.ts'
import type { Instant } from '../clock.ts'

/** What a field can hold, on every store. */
export type FieldType = 'id' | 'text' | 'integer' | 'boolean' | 'instant' | 'quantity' | 'json' | 'bytes'

export interface FieldSpec<T = unknown> {
  readonly type: FieldType
  readonly nullable: boolean
  /** Of a text: the closed list of what it can be. Bodies, filters and the API document go by it. */
  readonly values?: readonly string[]
  /** What rows read as that were stored before there was this field; see `withDefault`. */
  readonly default?: unknown
  /** Carries the TypeScript type; never set. */
  readonly value?: T
}

export interface IndexSpec {
  readonly fields: readonly string[]
  readonly unique?: boolean
  /** Fields of the index that are kept in descending order; all others ascend. */
  readonly descending?: readonly string[]
  /** Partial index: only rows in which these booleans are true and these fields are not null. */
  readonly where?: { readonly isTrue?: readonly string[]; readonly notNull?: readonly string[] }
}

export interface CollectionSpec {
  readonly fields: Readonly<Record<string, FieldSpec>>
  /** By name; `commit` names the index that a duplicate violates. `id` is unique in every collection. */
  readonly indexes: Readonly<Record<string, IndexSpec>>
}

export type ValueOf<S> = S extends FieldSpec<infer T> ? T : never
/** A row of a collection. */
export type RowOf<S extends CollectionSpec> = { -readonly [F in keyof S['fields']]: ValueOf<S['fields'][F]> }
/** Collections by their names. */
export type Schema = Readonly<Record<string, CollectionSpec>>

function field<T>(type: FieldType): FieldSpec<T> {
  return { type, nullable: false }
}
export function optional<T>({ default: _none, ...spec }: FieldSpec<T>): FieldSpec<T | null> {
  return { ...spec, nullable: true }
}
/**
 * A field that came after its collection: rows without it read as `value`, and every condition, guard, order and index
 * takes them as if they had it. It is never written to them. Fields that may be null need none: old rows read as null.
 * @throws TypeError for a field that may be null
 */
export function withDefault<T>(spec: FieldSpec<T>, value: NonNullable<T>): FieldSpec<T> {
  if (spec.nullable)
    throw new TypeError('a field that may be null reads as null in old rows: fill it instead')
  return { ...spec, default: value }
}
export const id = field<string>('id')
export const text = <T extends string = string>() => field<T>('text')
/** A text out of a closed list, in the order in which it is told. */
export const choice = <const V extends readonly string[]>(values: V): FieldSpec<V[number]> => ({
  ...field<V[number]>('text'),
  values,
})
export const integer = field<number>('integer')
export const boolean = field<boolean>('boolean')
export const instant = field<Instant>('instant')
export const quantity = field<Quantity>('quantity')
export const json = <T>() => field<T>('json')
export const bytes = field<Uint8Array>('bytes')

/** On every row. `accountId` of an account is its own id. */
export const common = { id, accountId: id, createdAt: instant, updatedAt: instant }
/** Rows that several writers change carry a `revision`: an update is guarded by the one it read. */
export const revised = { ...common, revision: integer }
/** Serves lists in their default order: the newest first, ties by id. */
export const newestFirst = <const F extends readonly string[]>(...fields: F) => ({
  fields: [...fields, 'createdAt', 'id'],
  descending: ['createdAt'],
})
export const journey = ['accountId', 'ownedById', 'streakId'] as const

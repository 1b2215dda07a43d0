import type { z } from 'zod'
import { type CollectionName, type Row, specOf } from '../ports/schema.ts'
import type { JsonObject } from './json/write-json.ts'
import { checkCreate, checkPatch } from './read/check.ts'
import { orElseNull, zObject } from './read/zod.ts'
import { ID, type PublicField, type PublicFields, rowJson, TIMES } from './resource.ts'

/** How bodies hold a field. */
interface Written {
  readonly create?: z.ZodType
  readonly patch?: z.ZodType
}

/**
 * All that is known of a field: what reads it in bodies, and how records show it. Bodies hold it where something reads
 * it; records show it where it is stored under its own name, or where `show` or `schema` says how.
 */
export type ShapeField<C extends CollectionName> = Written & Omit<PublicField<C>, 'stored'>

type Verb = 'create' | 'patch'
type WrittenFields = Readonly<Record<string, Written>>
/** What reads the bodies of a verb, by field. */
type Readers<S, V extends Verb> = {
  [F in keyof S as S[F] extends Record<V, z.ZodType> ? F : never]: S[F] extends Record<V, infer Z> ? Z : never
}
/** A body as it was read. */
export type Body<S, V extends Verb> = { [F in keyof Readers<S, V>]: z.output<Readers<S, V>[F]> }

/** The fields of a resource, each said once: its bodies, its records, its filters and the API document follow. */
export interface Shape<C extends CollectionName, S> {
  readonly collection: C
  /** With id and times. */
  readonly fields: PublicFields<C>
  readonly bodies: { readonly create: z.ZodType; readonly patch: z.ZodType }
  /** @throws AppError INVALID_INPUT | UNKNOWN_FIELD */
  readCreate(body: unknown): Body<S, 'create'>
  /** What is left out is undefined: it stays. @throws AppError INVALID_INPUT | UNKNOWN_FIELD */
  readPatch(body: unknown): Body<S, 'patch'>
  /** A row as callers see it, but for what is joined or computed. */
  json(row: Row<C>): JsonObject
}

/**
 * Fields in the order in which records show them; those of bodies come in it too.
 * @param nulls names of fields inside of them in which null says something of its own
 */
export function shapeOf<C extends CollectionName, const S extends Readonly<Record<string, ShapeField<C>>>>(
  collection: C,
  shape: S,
  nulls?: ReadonlySet<string>,
): Shape<C, S> {
  const bodies = { create: bodyOf(shape, 'create'), patch: bodyOf(shape, 'patch') }
  const fields = { ...ID, ...shownFields(collection, shape), ...TIMES }
  return {
    collection,
    fields,
    bodies,
    readCreate: (body) => checkCreate(bodies.create, body, nulls) as Body<S, 'create'>,
    readPatch: (body) => checkPatch(bodies.patch, body, nulls) as Body<S, 'patch'>,
    json: (row) => rowJson(collection, fields, row),
  }
}

function bodyOf(shape: WrittenFields, verb: Verb) {
  const readers = Object.entries(shape).flatMap(([name, field]) => {
    const reads = field[verb]
    return reads === undefined ? [] : [[name, reads] as const]
  })
  return zObject(Object.fromEntries(readers))
}

function shownFields<C extends CollectionName>(
  collection: C,
  shape: Readonly<Record<string, ShapeField<C>>>,
): PublicFields<C> {
  const stored = specOf(collection).fields
  const entries = Object.entries(shape).flatMap(([name, { create, patch, ...field }]) => {
    if (Object.hasOwn(stored, name)) return [[name, { stored: name, ...field }]]
    return field.show === undefined && field.schema === undefined ? [] : [[name, field]]
  })
  return Object.fromEntries(entries)
}

/** A create has to have it; a patch cannot clear it. */
export function required<Z extends z.ZodType>(reads: Z) {
  return { create: reads, patch: reads.optional() }
}

/** A create without it takes `initial`; a patch cannot clear it. */
export function defaulted<T>(reads: z.ZodType<T>, initial: z.core.util.NoUndefined<T>) {
  return { create: reads.default(initial), patch: reads.optional() }
}

/** A create without it takes `empty`, and null in a patch makes it that. */
export function emptiable<T>(reads: z.ZodType<T>, empty: z.core.util.NoUndefined<T>) {
  const emptied = reads
    .nullable()
    .optional()
    .transform((value) => (value === null ? empty : value))
  return { create: reads.default(empty), patch: emptied }
}

/** null where a create says nothing and where a patch says so. */
export function maybe<T>(reads: z.ZodType<T>) {
  return { create: orElseNull(reads), patch: reads.nullable().optional() }
}

/** null where a create says nothing: what it is then follows from other records. A patch cannot clear it. */
export function derivable<T>(reads: z.ZodType<T>) {
  return { create: orElseNull(reads), patch: reads.optional() }
}

import type { Instant } from '../ports/clock.ts'
import type { CollectionName, FieldName, FieldType, Row } from '../ports/schema.ts'
import { specOf } from '../ports/schema.ts'
import type { Condition } from '../ports/store.ts'
import type { Quantity } from '../streaks/quantity.ts'
import type { Caller } from './auth.ts'
import { instantJson, type Json, type JsonObject, quantityJson } from './json/write-json.ts'

export type Verb = 'list' | 'create' | 'get' | 'patch' | 'delete'

/** A field whose filter is not a comparison with one stored field. */
export interface FilterRewrite<C extends CollectionName> {
  readonly values: readonly string[]
  /** Rows of which the field is one of `values`, as of `now`. */
  toCondition(values: readonly string[], now: Instant): Condition<C>
}

/** A field as callers see it. */
export interface PublicField<C extends CollectionName> {
  /** Where it is stored: then it can be filtered and sorted, unless it holds JSON. */
  readonly stored?: FieldName<C>
  /** The closed list of its values. */
  readonly values?: readonly string[]
  /** CONTAINS works on it. */
  readonly contains?: true
  readonly filter?: FilterRewrite<C>
  /** Joined from other records: lists leave it out unless `fields` names it. */
  readonly onRequest?: true
  /** How a stored value is written, where its type does not say it. */
  show?(row: Row<C>): Json
}

export type PublicFields<C extends CollectionName> = Readonly<Record<string, PublicField<C>>>

/** What a handler knows of the request it serves. */
export interface Call {
  readonly caller: Caller
  readonly now: Instant
  /** Adds ids to the request's log line. */
  log(fields: Record<string, string | number>): void
}

export interface PresentOptions {
  readonly accountId: string
  readonly now: Instant
  /** Whether any of these fields will be shown: spares reads for what nobody asked for. */
  wants(...slugs: readonly string[]): boolean
}

/** A resource's address and its verbs: what is known of those that are not built yet too. */
export interface Described {
  readonly slug: string
  /** For messages: `streak log`. */
  readonly noun: string
  readonly allows: readonly Verb[]
  /** Why a verb is never allowed; verbs in neither list are not built yet. */
  readonly refuses: Readonly<Partial<Record<Verb, string>>>
}

interface Writes {
  create?(call: Call, body: unknown): Promise<Json>
  patch?(call: Call, id: string, body: unknown): Promise<Json>
  remove?(call: Call, id: string): Promise<void>
}

/** What the router serves: a resource that no longer says which collection it is of. */
export interface Served extends Described, Writes {
  list?(call: Call, search: string): Promise<{ data: JsonObject[]; paging: object }>
  /** null: the account has none by this id. */
  get?(call: Call, id: string): Promise<JsonObject | null>
}

/** One resource of the contract: what the one router needs to serve it. */
export interface Resource<C extends CollectionName> extends Described, Writes {
  readonly collection: C
  readonly fields: PublicFields<C>
  /** Filtered lists need a selective condition. */
  readonly ledger?: true
  /** Rows of the collection that are no records of this resource are kept out. */
  readonly scope?: Condition<C>
  /** Wide fields that are never shown. */
  readonly omit?: readonly FieldName<C>[]
  /** Rows as records, in order; default: the stored fields. */
  present?(rows: readonly Row<C>[], options: PresentOptions): Promise<JsonObject[]>
}

/** The type of a public field's stored value; null when it is stored nowhere. */
export function typeOf<C extends CollectionName>(collection: C, field: PublicField<C>): FieldType | null {
  if (field.stored === undefined) return null
  return specOf(collection).fields[field.stored]?.type ?? null
}

/** The stored fields of a row as callers see them. */
export function rowJson<C extends CollectionName>(
  collection: C,
  fields: PublicFields<C>,
  row: Row<C>,
): JsonObject {
  const json: JsonObject = {}
  for (const [slug, field] of Object.entries(fields)) {
    if (field.show !== undefined) json[slug] = field.show(row)
    else if (field.stored !== undefined) {
      json[slug] = valueJson(typeOf(collection, field), row[field.stored])
    }
  }
  return json
}

function valueJson(type: FieldType | null, value: unknown): Json {
  if (value === null || value === undefined) return null
  if (type === 'instant') return instantJson(value as Instant)
  if (type === 'quantity') return quantityJson(value as Quantity)
  return value
}

/** The fields that each record has. */
export const STATUSES = ['draft', 'live', 'paused'] as const
export const ID = { id: { stored: 'id' } } as const
export const TIMES = { createdAt: { stored: 'createdAt' }, updatedAt: { stored: 'updatedAt' } } as const

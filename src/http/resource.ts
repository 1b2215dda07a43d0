import type { z } from 'zod'
import type { ErrorCode } from '../errors.ts'
import type { Instant } from '../ports/clock.ts'
import type { FieldType } from '../ports/schema/spec.ts'
import { type CollectionName, type FieldName, type Row, specOf } from '../ports/schema.ts'
import type { Condition } from '../ports/store.ts'
import type { Quantity } from '../streaks/quantity.ts'
import type { Admin, Caller, EndUser } from './auth/caller.ts'
import type { JsonSchema } from './json/json-schema.ts'
import { instantJson, type Json, type JsonObject, quantityJson } from './json/write-json.ts'

export type Verb = 'list' | 'create' | 'get' | 'patch' | 'delete'

/** A field whose filter is not a comparison with one stored field. */
export interface FilterRewrite<C extends CollectionName> {
  readonly values: readonly string[]
  /** Rows of which the field is one of `values`, as of `now`. */
  toCondition(values: readonly string[], now: Instant): Condition<C>
  /** Which of `values` a row has, as of `now`. */
  valueIn(row: Row<C>, now: Instant): string
}

/** A field as callers see it. */
export interface PublicField<C extends CollectionName> {
  /** Where it is stored: then it can be filtered and sorted, unless it holds JSON. */
  readonly stored?: FieldName<C>
  /** The closed list of its values, where the schema does not hold it. */
  readonly values?: readonly string[]
  /** CONTAINS works on it. */
  readonly contains?: true
  /** Adds quantities up, so that it can be more than one of them may be. */
  readonly sum?: true
  readonly filter?: FilterRewrite<C>
  /** What EQUALS and IN are looked up by, through an index: texts that are equal have one of these there. */
  readonly lookup?: { readonly stored: FieldName<C>; of(text: string): readonly string[] }
  /**
   * Texts of it are compared in this form, which is stored beside it, by EQUALS and STARTS_WITH and nothing else; it is
   * not sorted by.
   */
  readonly folded?: { readonly stored: FieldName<C>; of(text: string): string }
  /** Joined from other records: lists leave it out unless `fields` names it. */
  readonly onRequest?: true
  /** What is shown, for the API document, where the type of what is stored does not say it. */
  readonly schema?: JsonSchema
  /** How a stored value is written, where its type does not say it. */
  show?(row: Row<C>): Json
}

export type PublicFields<C extends CollectionName> = Readonly<Record<string, PublicField<C>>>

/** What a handler knows of the request it serves. */
export interface Call<Who extends Caller = Caller> {
  readonly caller: Who
  readonly now: Instant
  /** Adds ids to the request's log line. */
  log(fields: Record<string, string | number>): void
  /** Says which revision the record that is answered has. */
  tag?(revision: number): void
}

/** A call that may write. */
export type AdminCall = Call<Admin>

/**
 * What an end user sees of a resource, read only. Rows and fields that are not named here do not exist for them: these
 * can be neither shown nor filtered nor sorted by.
 */
export interface EndUserView<C extends CollectionName> {
  /** Which rows, as a condition that becomes part of every query. */
  scope(caller: EndUser): Condition<C>
  readonly shows: readonly string[]
  /** Of the records that are joined in a shown field: the fields that are left. */
  readonly joined?: Readonly<Record<string, readonly string[]>>
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
  /** Its patches go through `patchRow`: backends are told the revision of a record, and may ask for it. */
  readonly isTagged?: true
  /** For whoever is signed in to the console: keys are refused. */
  readonly forUsersOnly?: true
  /** Why a verb is never allowed; verbs in neither list are not built yet. */
  readonly refuses: Readonly<Partial<Record<Verb, string>>>
  /** Error codes that a verb may answer beside those that every resource may. */
  readonly fails?: Readonly<Partial<Record<Verb, readonly ErrorCode[]>>>
}

/** A public field, seen without its collection. */
export type ShownField = Pick<PublicField<CollectionName>, 'values' | 'contains' | 'onRequest' | 'schema'> & {
  readonly stored?: string
  readonly filter?: { readonly values: readonly string[] }
  readonly folded?: { of(text: string): string }
}

/** Objects in bodies that the adapters of a resource check, each in its own way. */
export interface AdapterInput {
  /** The field that names the adapter. */
  readonly namedBy: string
  /** By field, then by adapter. */
  readonly fields: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>>
}

/** What can be done beside the verbs. */
interface Act {
  /** For the API document: `Replay a delivery`. */
  readonly summary: string
  readonly body: z.ZodType
  /** What kind of record it answers, or something of its own with its name in the API document. */
  readonly answers: string | { readonly name: string; readonly schema: JsonSchema }
  /** What may stand beside `data` in the answer: then `run` answers all of it. */
  readonly beside?: Readonly<Record<string, JsonSchema>>
  /** Whether a request without any body is taken for `{}`. */
  readonly mayBeEmpty?: true
  /** 201 where it makes the record that it answers. */
  readonly status: 200 | 201
  readonly fails: readonly ErrorCode[]
  /** How large its body may be, where it is more than others may. */
  readonly maxBodyBytes?: number
}

/** What else can be done to a record: `POST /schema/{slug}/record/{id}/{name}`. */
export interface Action extends Act {
  run(call: AdminCall, id: string, body: unknown): Promise<Json>
}

/** What can be done to many records at once: `POST /schema/{slug}/{name}`. */
export interface BulkAction extends Act {
  run(call: AdminCall, body: unknown): Promise<Json>
}

/** What can be asked beside lists and records: `GET /schema/{slug}/{name}`. */
export interface Question {
  /** For the API document: `Explain an order`. */
  readonly summary: string
  /** What it takes, by name, in JSON Schema. */
  readonly parameters: Readonly<Record<string, JsonSchema>>
  readonly answers: { readonly name: string; readonly schema: JsonSchema }
  /** Errors of its own. */
  readonly fails?: readonly ErrorCode[]
  /** @param given texts as they were sent, of the names above and each once; at most all of them */
  run(call: AdminCall, given: ReadonlyMap<string, string>): Promise<Json>
}

/** What can be read of a record beside itself, however much it is: `GET /schema/{slug}/record/{id}/{name}`. */
export interface Reading {
  readonly summary: string
  readonly answers: { readonly name: string; readonly schema: JsonSchema }
  /** Errors of its own. */
  readonly fails?: readonly ErrorCode[]
  /** The answer as JSON text, in pieces that leave as they come. @throws AppError before the first piece, or never */
  read(call: AdminCall, id: string): AsyncGenerator<string>
}

interface Handlers {
  /** By name. */
  readonly readings?: Readonly<Record<string, Reading>>
  /** By name. */
  readonly questions?: Readonly<Record<string, Question>>
  /** By name. */
  readonly actions?: Readonly<Record<string, Action>>
  readonly bulkActions?: Readonly<Record<string, BulkAction>>
  /** The schemas that check the bodies of these verbs, and describe them in the API document. */
  readonly bodies?: { readonly create?: z.ZodType; readonly patch?: z.ZodType }
  readonly adapterInput?: AdapterInput
  /** Fields that only the answer to a create shows. */
  readonly shownOnce?: Readonly<Record<string, JsonSchema>>
  /** One create makes several records and answers a list of them. */
  readonly createsSeveral?: true
  create?(call: AdminCall, body: unknown): Promise<Json>
  patch?(call: AdminCall, id: string, body: unknown): Promise<Json>
  remove?(call: AdminCall, id: string): Promise<void>
}

/**
 * A list that an index serves: EQUALS on each of `equals` and nothing else, but for a range on `sort`, in the order of
 * `sort` in either direction. It reads no more rows than it shows and skips, or but a few times as many.
 */
export interface IndexedList {
  readonly equals: readonly string[]
  /** null: there is at most one such record. */
  readonly sort: string | null
}

/** What the router serves: a resource that no longer says which collection it is of. */
export interface Served extends Described, Handlers {
  readonly collection?: CollectionName
  readonly fields?: Readonly<Record<string, ShownField>>
  readonly ledger?: true
  /** The lists that an index serves. */
  readonly indexed?: readonly IndexedList[]
  /** End users may read it, within what it says they see. */
  readonly endUser?: Pick<EndUserView<CollectionName>, 'shows' | 'joined'>
  list?(call: Call, search: string): Promise<{ data: JsonObject[]; paging: object }>
  /** null: the account has none by this id. */
  get?(call: Call, id: string): Promise<JsonObject | null>
  /** All records of an account as a get shows each, the newest first, in pages; whatever comes meanwhile is left out. */
  pages?(accountId: string, now: Instant): AsyncGenerator<readonly JsonObject[]>
}

/** One resource of the contract: what the one router needs to serve it. */
export interface Resource<C extends CollectionName> extends Described, Handlers {
  readonly collection: C
  readonly fields: PublicFields<C>
  /** Filtered lists need a selective condition. */
  readonly ledger?: true
  /** Rows of the collection that are no records of this resource are kept out. */
  readonly scope?: Condition<C>
  /** Without one, end users are refused. */
  readonly endUser?: EndUserView<C>
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

/** Fields with the closed lists of the schema. */
export function withChoices<C extends CollectionName>(
  collection: C,
  fields: PublicFields<C>,
): PublicFields<C> {
  const entries = Object.entries(fields).map(([slug, field]) => {
    const values = field.stored === undefined ? undefined : specOf(collection).fields[field.stored]?.values
    return [slug, values === undefined ? field : { values, ...field }] as const
  })
  return Object.fromEntries(entries)
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
export const ID = { id: { stored: 'id' } } as const
export const TIMES = { createdAt: { stored: 'createdAt' }, updatedAt: { stored: 'updatedAt' } } as const

import { ACCOUNTS } from './schema/accounts.ts'
import { CONNECTORS } from './schema/connectors.ts'
import { LEDGER } from './schema/ledger.ts'
import { REWARDS } from './schema/rewards.ts'
import type { CollectionSpec, FieldSpec } from './schema/spec.ts'
import { STREAKS } from './schema/streaks.ts'

/**
 * What is stored, said once: fields, types, unique keys and indexes of every collection. Both stores build their
 * tables from this, `Row<'streak'>` is the type of a row, and list filters know a field's type from it.
 */
export const SCHEMA = { ...ACCOUNTS, ...STREAKS, ...LEDGER, ...REWARDS, ...CONNECTORS }

/** Raised when the stored shape changes; `streakline migrate` brings a store up to it. */
export const SCHEMA_VERSION = 1

export type CollectionName = keyof typeof SCHEMA
type Fields<C extends CollectionName> = (typeof SCHEMA)[C]['fields']
type ValueOf<S> = S extends FieldSpec<infer T> ? T : never

export type Row<C extends CollectionName> = {
  -readonly [F in keyof Fields<C>]: ValueOf<Fields<C>[F]>
}
export type FieldName<C extends CollectionName> = keyof Fields<C> & string

/** The spec of a collection, seen without its literal types. */
export function specOf(collection: CollectionName): CollectionSpec {
  return SCHEMA[collection]
}

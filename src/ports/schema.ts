import { ACCOUNTS } from './schema/accounts.ts'
import { BACKFILLS } from './schema/backfills.ts'
import { CONNECTORS } from './schema/connectors.ts'
import { CONSOLE } from './schema/console.ts'
import { INSTALLATIONS } from './schema/installations.ts'
import { LEDGER } from './schema/ledger.ts'
import { PRIVACY } from './schema/privacy.ts'
import { REWARDS } from './schema/rewards.ts'
import type { CollectionSpec, RowOf, Schema } from './schema/spec.ts'
import { STREAKS } from './schema/streaks.ts'
import { TELLING } from './schema/telling.ts'
import { type SchemaVersion, VERSIONS } from './schema/versions.ts'

/**
 * What is stored, said once: fields, types, unique keys and indexes of every collection. Both stores build their
 * tables from this, `Row<'streak'>` is the type of a row, and list filters know a field's type from it.
 */
export const SCHEMA = {
  ...ACCOUNTS,
  ...STREAKS,
  ...LEDGER,
  ...REWARDS,
  ...CONNECTORS,
  ...INSTALLATIONS,
  ...CONSOLE,
  ...TELLING,
  ...BACKFILLS,
  ...PRIVACY,
}

/** The version of the stored shape; `streakline migrate` brings a store up to it. */
export const SCHEMA_VERSION: number = latestOf(VERSIONS)

/** What a store is opened with. Tests hand in shapes of their own, with versions that are not built yet. */
export interface Shape {
  readonly schema: Schema
  /** Ascending; the last one is the version of `schema`. */
  readonly versions: readonly SchemaVersion[]
}
/** The product's own. */
export const SHAPE: Shape = { schema: SCHEMA, versions: VERSIONS }

/** The version of a shape. */
export function latestOf(versions: readonly SchemaVersion[]): number {
  return versions.at(-1)?.version ?? 0
}

export type CollectionName = keyof typeof SCHEMA
type Fields<C extends CollectionName> = (typeof SCHEMA)[C]['fields']

export type Row<C extends CollectionName> = RowOf<(typeof SCHEMA)[C]>
export type FieldName<C extends CollectionName> = keyof Fields<C> & string

/** The spec of a collection, seen without its literal types. */
export function specOf(collection: CollectionName): CollectionSpec {
  return SCHEMA[collection]
}

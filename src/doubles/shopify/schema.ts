import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { GraphQLScalarType, GraphQLSchema } from 'graphql'
import { AppError } from '../../errors.ts'

export type GraphQL = typeof import('graphql')

/** What a type or a field needs: one of these scopes, and how Shopify says so. */
export interface Access {
  readonly words: string
  readonly scopes: readonly string[]
}

export interface AdminSchema {
  readonly graphql: GraphQL
  readonly schema: GraphQLSchema
  /** By `Type` and `Type.field`. */
  readonly access: Readonly<Record<string, Access>>
}

export const API_VERSION = '2026-10'

let loaded: Promise<AdminSchema> | undefined

/**
 * Shopify's own schema of the Admin API. Half a second, once for a process.
 * @throws AppError CONFLICT where the package `graphql` is not installed
 */
export function loadAdminSchema(): Promise<AdminSchema> {
  loaded ??= load()
  return loaded
}

async function load(): Promise<AdminSchema> {
  const graphql = await import('graphql').catch((error: unknown) => {
    throw new AppError(
      'CONFLICT',
      'the double of Shopify needs the package "graphql", which is installed for development only: run "npm install"',
      { cause: error },
    )
  })
  const file = new URL(`./schema/admin-${API_VERSION}.json.gz`, import.meta.url)
  const { sdl, access } = JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')) as {
    sdl: string
    access: Record<string, Access>
  }
  const schema = graphql.buildSchema(sdl, { assumeValid: true, noLocation: true })
  for (const [name, check] of Object.entries(SCALARS)) strictly(schema.getType(name), check)
  return { graphql, schema, access }
}

const isText = (value: unknown, pattern: RegExp): boolean => typeof value === 'string' && pattern.test(value)

/** What Shopify takes for its own scalars. */
const SCALARS: Readonly<Record<string, (value: unknown) => boolean>> = {
  DateTime: (value) =>
    isText(value, /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/) &&
    !Number.isNaN(Date.parse(String(value))),
  Decimal: (value) => typeof value === 'number' || isText(value, /^-?\d+(\.\d+)?$/),
  Money: (value) => typeof value === 'number' || isText(value, /^-?\d+(\.\d+)?$/),
  UnsignedInt64: (value) => Number.isInteger(value) || isText(value, /^\d+$/),
  URL: (value) => typeof value === 'string' && URL.canParse(value),
}

function strictly(type: unknown, takes: (value: unknown) => boolean): void {
  const scalar = type as GraphQLScalarType
  function check(value: unknown): unknown {
    if (!takes(value)) throw new TypeError(`invalid ${scalar.name}: ${JSON.stringify(value)}`)
    return value
  }
  scalar.coerceInputValue = check
  scalar.coerceInputLiteral = (node) => check('value' in node ? node.value : undefined)
}

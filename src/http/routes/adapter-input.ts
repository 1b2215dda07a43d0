import type { z } from 'zod'
import type { JsonSchema } from '../json/json-schema.ts'
import { jsonSchemaOf } from '../read/json-schema-of.ts'
import type { AdapterInput } from '../resource.ts'

/** What every connector and every coupon provider says of its own input; null: it takes none. */
interface Adapter {
  readonly credentials: z.ZodType | null
  readonly settings: z.ZodType
}

/** By name. */
type Adapters = ReadonlyMap<string, Adapter>

/** What the adapters take, for the API document; `also` are settings that each of them has. */
export function adapterInputOf(
  namedBy: string,
  adapters: Adapters,
  also: Readonly<Record<string, JsonSchema>> = {},
): AdapterInput {
  const credentials = schemasOf(adapters, ({ credentials }) => credentials)
  const settings = schemasOf(adapters, (adapter) => adapter.settings).map(
    ([name, schema]) => [name, { ...schema, properties: { ...propertiesOf(schema), ...also } }] as const,
  )
  return {
    namedBy,
    fields: { credentials: Object.fromEntries(credentials), settings: Object.fromEntries(settings) },
  }
}

/** The settings that a record shows: those that each adapter has, and which types those of any adapter are of. */
export function shownSettings(adapters: Adapters, always: Readonly<Record<string, JsonSchema>>): JsonSchema {
  const own = schemasOf(adapters, ({ settings }) => settings).flatMap(([, schema]) =>
    Object.entries(propertiesOf(schema)).map(([name, property]) => [name, typeOnly(property)] as const),
  )
  return {
    type: 'object',
    required: Object.keys(always),
    properties: { ...always, ...Object.fromEntries(own) },
  }
}

function typeOnly({ type, items }: JsonSchema): JsonSchema {
  return type === 'array' ? { type, items: typeOnly(items as JsonSchema) } : { type }
}

function schemasOf(adapters: Adapters, inputOf: (adapter: Adapter) => z.ZodType | null) {
  return [...adapters].flatMap(([name, adapter]) => {
    const input = inputOf(adapter)
    return input === null ? [] : [[name, jsonSchemaOf(input)] as const]
  })
}

function propertiesOf({ properties = {} }: JsonSchema): Readonly<Record<string, JsonSchema>> {
  return properties as Readonly<Record<string, JsonSchema>>
}

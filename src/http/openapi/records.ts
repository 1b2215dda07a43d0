import type { FieldSpec } from '../../ports/schema/spec.ts'
import type { CollectionName } from '../../ports/schema.ts'
import { specOf } from '../../ports/schema.ts'
import { INSTANT_SCHEMA, type JsonSchema, orNull, QUANTITY_SCHEMA, UUID_SCHEMA } from '../json/json-schema.ts'
import type { Served, ShownField } from '../resource.ts'
import { fieldText } from './texts/index.ts'

/** A resource that has records to describe. */
export type Recorded = Served & Required<Pick<Served, 'collection' | 'fields'>>

export function isRecorded(resource: Served): resource is Recorded {
  return resource.collection !== undefined && resource.fields !== undefined
}

/** A record with all its fields, as GET, create and patch answer it. */
export function recordSchema(resource: Recorded): JsonSchema {
  const names = Object.keys(resource.fields).filter((name) => !isHidden(resource, name))
  return { type: 'object', required: names, properties: propertiesOf(resource) }
}

/** A record of a list: it has the fields that were asked for. */
export function listedSchema(resource: Recorded): JsonSchema {
  const properties = Object.entries(propertiesOf(resource)).map(([name, schema]) => [
    name,
    resource.fields[name]?.onRequest ? { ...schema, 'x-on-request': true } : schema,
  ])
  return { type: 'object', properties: Object.fromEntries(properties) }
}

/** The answer to a create that shows what no later answer does. */
export function createdSchema(resource: Recorded): JsonSchema {
  const { slug, shownOnce = {} } = resource
  const record = recordSchema(resource)
  const once = Object.entries(shownOnce).map(([name, schema]) => [
    name,
    { ...schema, description: fieldText(slug, name) },
  ])
  return {
    ...record,
    required: [...(record.required as string[]), ...Object.keys(shownOnce)],
    properties: { ...(record.properties as object), ...Object.fromEntries(once) },
  }
}

function propertiesOf(resource: Recorded): Record<string, JsonSchema> {
  const entries = Object.entries(resource.fields).map(([name, field]) => [
    name,
    described(resource, name, fieldSchema(resource.collection, field)),
  ])
  return Object.fromEntries(entries)
}

function described(resource: Recorded, name: string, schema: JsonSchema): JsonSchema {
  const text = fieldText(resource.slug, name)
  if (!isHidden(resource, name)) return text === '' ? schema : { ...schema, description: text }
  return { ...schema, description: `${text} Not shown to end users.`.trim(), 'x-admin-only': true }
}

/** Fields that an end user never sees, so they are not in every answer. */
function isHidden({ endUser }: Recorded, name: string): boolean {
  return endUser !== undefined && !endUser.shows.includes(name)
}

/** @throws Error when nothing says what the field holds */
export function fieldSchema(collection: CollectionName, field: ShownField): JsonSchema {
  if (field.schema !== undefined) return field.schema
  const spec = field.stored === undefined ? undefined : specOf(collection).fields[field.stored]
  const schema = spec === undefined ? null : storedSchema(spec, field)
  if (spec === undefined || schema === null)
    throw new Error(`a field of ${collection} needs a schema: ${JSON.stringify(field)}`)
  return spec.nullable ? orNull(schema) : schema
}

function storedSchema({ type }: FieldSpec, { values }: ShownField): JsonSchema | null {
  if (type === 'id') return UUID_SCHEMA
  if (type === 'text') return values === undefined ? { type: 'string' } : { type: 'string', enum: values }
  if (type === 'integer') return { type: 'integer' }
  if (type === 'boolean') return { type: 'boolean' }
  if (type === 'instant') return INSTANT_SCHEMA
  return type === 'quantity' ? QUANTITY_SCHEMA : null
}

import type { z } from 'zod'
import { componentName, type JsonSchema, orNull, recordRef } from '../json/json-schema.ts'
import { jsonSchemaOf } from '../read/json-schema-of.ts'
import type { AdapterInput, Served } from '../resource.ts'
import { fieldText } from './texts/index.ts'

type Node = Record<string, unknown>

/**
 * What a body may hold, from the very schema that checks it. Null is as if absent, but for the fields of a patch
 * themselves, whose readers say whether it clears them.
 */
export function bodySchema(
  resource: Served,
  schema: z.ZodType,
  kind: 'patch' | 'other' = 'other',
): JsonSchema {
  const { slug, adapterInput } = resource
  const node = jsonSchemaOf(schema)
  const named = adapterInput !== undefined && adapterInput.namedBy in ((node.properties ?? {}) as object)
  const whole = named ? withAdapters(node, resource, adapterInput) : node
  return described(slug, '', kind === 'patch' ? whole : nullsAsAbsent(whole))
}

/** Whatever need not be there takes null. */
function nullsAsAbsent(node: Node): Node {
  const { properties, required = [] } = node as { properties?: Record<string, Node>; required?: string[] }
  if (properties === undefined) return node
  const entries = Object.entries(properties).map(([name, property]) => [
    name,
    required.includes(name) || takesNull(property) ? property : orNull(property),
  ])
  return { ...node, properties: Object.fromEntries(entries) }
}

function takesNull({ type, anyOf }: Node): boolean {
  if (Array.isArray(type)) return type.includes('null')
  return type === 'null' || (Array.isArray(anyOf) && anyOf.some(takesNull))
}

/** What each adapter takes in the place of an object that only it can check. */
function withAdapters(node: Node, { noun }: Served, { namedBy, fields }: AdapterInput): Node {
  const properties = { ...(node.properties as Record<string, Node>) }
  const names = [...new Set(Object.values(fields).flatMap(Object.keys))].sort()
  properties[namedBy] = { ...properties[namedBy], type: 'string', enum: names }
  for (const [field, byAdapter] of Object.entries(fields)) {
    const refs = Object.keys(byAdapter).map((adapter) => recordRef(inputNoun(adapter, noun, field)))
    properties[field] = refs.length === 1 ? { ...refs[0] } : { anyOf: refs }
  }
  return { ...node, properties }
}

function inputNoun(adapter: string, noun: string, field: string): string {
  return `${adapter} ${noun} ${field}`
}

/** The inputs of the adapters of a resource, each by its own name, as generators want it. */
export function adapterSchemas({ slug, noun, adapterInput }: Served): Record<string, JsonSchema> {
  const entries = Object.entries(adapterInput?.fields ?? {}).flatMap(([field, byAdapter]) =>
    Object.entries(byAdapter).map(([adapter, schema]) => [
      componentName(inputNoun(adapter, noun, field)),
      described(slug, field, nullsAsAbsent(schema)),
    ]),
  )
  return Object.fromEntries(entries)
}

/** With what is known about each field; walks into objects and lists. */
function described(slug: string, path: string, node: Node): Node {
  const next = { ...node }
  if (isNode(node.properties)) {
    const entries = Object.entries(node.properties as Record<string, Node>)
    next.properties = Object.fromEntries(
      entries.map(([name, property]) => [
        name,
        withText(slug, path === '' ? name : `${path}.${name}`, property),
      ]),
    )
  }
  if (isNode(node.items)) next.items = described(slug, path, nullsAsAbsent(node.items))
  if (Array.isArray(node.anyOf)) {
    next.anyOf = node.anyOf.map((option: Node) => described(slug, path, nullsAsAbsent(option)))
    return mergedNull(next)
  }
  return next
}

function withText(slug: string, path: string, property: Node): Node {
  const text = fieldText(slug, path)
  const node = described(slug, path, nullsAsAbsent(property))
  return text === '' ? node : { ...node, description: text }
}

/** `anyOf: [{type: string, …}, {type: null}]` as `type: [string, null]`, which reads better. */
function mergedNull(node: Node): Node {
  const [first, second, ...others] = node.anyOf as Node[]
  const simple =
    others.length === 0 && second?.type === 'null' && typeof first?.type === 'string' && !('enum' in first)
  if (!simple || first?.type === 'object') return node
  const { anyOf: _, ...rest } = node
  return { ...first, type: [first?.type, 'null'], ...rest }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

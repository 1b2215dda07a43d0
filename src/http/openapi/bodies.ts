import { z } from 'zod'
import type { JsonSchema } from '../json/json-schema.ts'
import { fieldText } from './texts/index.ts'

type Node = Record<string, unknown>

/** What a body may hold, from the very schema that checks it. Fields that are not built yet are left out. */
export function bodySchema(slug: string, schema: z.ZodType): JsonSchema {
  return described(slug, '', jsonSchemaOf(schema))
}

/** JSON Schema of what may be sent. */
export function jsonSchemaOf(schema: z.ZodType): Node {
  const json = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      // zod only writes the default of what it can represent itself
      const { def } = zodSchema._zod
      if (def.type === 'default') jsonSchema.default = (def as z.core.$ZodDefaultDef).defaultValue as never
    },
  })
  const { $schema: _, ...rest } = json
  return rest
}

/** With what is known about each field; walks into objects and lists. */
function described(slug: string, path: string, node: Node): Node {
  const next = { ...node }
  if (isNode(node.properties)) {
    const entries = Object.entries(node.properties as Record<string, Node>)
    next.properties = Object.fromEntries(
      entries
        .filter(([, property]) => !isRefused(property))
        .map(([name, property]) => [name, withText(slug, path === '' ? name : `${path}.${name}`, property)]),
    )
  }
  if (isNode(node.items)) next.items = described(slug, path, node.items)
  if (Array.isArray(node.anyOf)) {
    next.anyOf = node.anyOf.map((option: Node) => described(slug, path, option))
    return mergedNull(next)
  }
  return next
}

function withText(slug: string, path: string, property: Node): Node {
  const text = fieldText(slug, path)
  const node = described(slug, path, property)
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

function isRefused(property: Node): boolean {
  return isNode(property.not) && Object.keys(property.not).length === 0
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

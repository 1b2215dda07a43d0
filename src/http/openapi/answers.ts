import type { JsonSchema } from '../json/json-schema.ts'

/** A good answer and what it holds. */
export function answered(description: string, schema: JsonSchema): JsonSchema {
  return { description, content: { 'application/json': { schema } } }
}

/** An object that has all of these. */
export function object(properties: Record<string, JsonSchema>): JsonSchema {
  return { type: 'object', required: Object.keys(properties), properties }
}

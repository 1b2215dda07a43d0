import { z } from 'zod'

/** No text of a body may hold NUL: it is refused before a schema is asked. */
const NO_NUL = '^[^\\u0000]*$'

/** JSON Schema of what a Zod schema accepts. */
export function jsonSchemaOf(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      // zod only writes the default of what it can represent itself
      const { def } = zodSchema._zod
      if (def.type === 'default') jsonSchema.default = (def as z.core.$ZodDefaultDef).defaultValue as never
      if (def.type === 'string') forbidNul(jsonSchema)
    },
  })
  return json
}

/** zod asks once for each step in which a schema was made. */
function forbidNul(schema: z.core.JSONSchema.BaseSchema): void {
  const patterns = schema.allOf ?? []
  if (!patterns.some(({ pattern }) => pattern === NO_NUL)) schema.allOf = [...patterns, { pattern: NO_NUL }]
}

import { z } from 'zod'

/** JSON Schema of what a Zod schema accepts. */
export function jsonSchemaOf(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      // zod only writes the default of what it can represent itself
      const { def } = zodSchema._zod
      if (def.type === 'default') jsonSchema.default = (def as z.core.$ZodDefaultDef).defaultValue as never
    },
  })
  return json
}

/** The same of each adapter's own input, by the adapter's name. */
export function jsonSchemasOf<A>(
  adapters: ReadonlyMap<string, A>,
  inputOf: (adapter: A) => z.ZodType | null,
  also: Readonly<Record<string, unknown>> = {},
): Record<string, Record<string, unknown>> {
  const entries = [...adapters].flatMap(([name, adapter]) => {
    const input = inputOf(adapter)
    if (input === null) return []
    const json = jsonSchemaOf(input)
    return [[name, { ...json, properties: { ...(json.properties as object), ...also } }]]
  })
  return Object.fromEntries(entries)
}

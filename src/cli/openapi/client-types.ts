import type { JsonSchema } from '../../http/json/json-schema.ts'
import { type DescribedAction, type DescribedResource, resourcesIn } from './client-resources.ts'

const HEAD = `// Written by \`npm run openapi\` from docs/openapi.json: the types of everything the API takes and answers to a caller
// with an API key. Change the document's sources, never this file.
`

/** The types of the client, from the API document alone. Not formatted. */
export function clientTypes(document: JsonSchema): string {
  const { components } = document as { components: { schemas: Record<string, JsonSchema> } }
  const resources = resourcesIn(document)
  // lists are typed by their record and the fields that were asked for
  const types = Object.entries(components.schemas)
    .filter(([name]) => !name.endsWith('Listed'))
    .map(([name, schema]) => declaration(name, schema))
  return [HEAD, ...types, resourceTypes(resources), resourceTable(resources)].join('\n')
}

function declaration(name: string, schema: JsonSchema): string {
  const comment = commentOf(schema)
  const { properties = {} } = schema
  return schema.type === 'object' && Object.keys(properties as object).length > 0
    ? `${comment}export interface ${name} ${objectType(schema)}\n`
    : `${comment}export type ${name} = ${typeOf(schema)}\n`
}

function typeOf(schema: JsonSchema): string {
  const { $ref, const: only, enum: values, anyOf, type } = schema
  if (typeof $ref === 'string') return $ref.split('/').at(-1) ?? 'unknown'
  if (only !== undefined) return JSON.stringify(only)
  if (Array.isArray(values)) return union(values.map((value) => JSON.stringify(value)))
  if (Array.isArray(anyOf)) return union(anyOf.map((option: JsonSchema) => typeOf(option)))
  if (Array.isArray(type)) return union(type.map((one: string) => typeOf({ ...schema, type: one })))
  if (type === 'array') return `(${typeOf(schema.items as JsonSchema)})[]`
  if (type === 'object') return objectType(schema)
  if (type === 'integer') return 'number'
  return type === 'string' || type === 'number' || type === 'boolean' || type === 'null' ? type : 'unknown'
}

function objectType({ properties, required, additionalProperties }: JsonSchema): string {
  const entries = Object.entries((properties ?? {}) as Record<string, JsonSchema>)
  if (entries.length === 0) {
    if (additionalProperties === false) return 'Record<string, never>'
    const values =
      typeof additionalProperties === 'object' ? typeOf(additionalProperties as JsonSchema) : 'unknown'
    return `Record<string, ${values}>`
  }
  const fields = entries.map(([name, schema]) => {
    // the client calls with an API key, which sees everything
    const isThere = (required as string[] | undefined)?.includes(name) || schema['x-admin-only'] === true
    return `${commentOf(schema)}${name}${isThere ? '' : '?'}: ${typeOf(schema)}`
  })
  return `{\n${fields.join('\n')}\n}`
}

function union(types: readonly string[]): string {
  return [...new Set(types)].join(' | ')
}

function commentOf({ description }: JsonSchema): string {
  if (typeof description !== 'string' || description.trim() === '') return ''
  const text = description.replace('Not shown to end users.', '').trim().replaceAll('*/', '* /')
  if (text === '') return ''
  return text.includes('\n') ? `/**\n * ${text.replaceAll('\n', '\n * ')}\n */\n` : `/** ${text} */\n`
}

function resourceTypes(resources: readonly DescribedResource[]): string {
  const entries = resources.map((resource) => {
    const { key, record, onRequest, create, created, patch, filter, sort } = resource
    const { actions, bulkActions, questions, readings } = resource
    const left = onRequest.length === 0 ? record : `Omit<${record}, ${union(onRequest.map(quoted))}>`
    return `${key}: {
      record: ${record}
      listed: ${left}
      create: ${create ?? 'never'}
      created: ${created ?? 'never'}
      patch: ${patch ?? 'never'}
      filter: ${filter ?? 'never'}
      sort: ${sort.length === 0 ? 'never' : union(sort.map(quoted))}
      actions: ${actionTypes(actions)}
      bulkActions: ${actionTypes(bulkActions)}
      questions: ${actionTypes(questions)}
      readings: ${readingTypes(readings)}
    }`
  })
  return `/** By resource: a record, a record of a list, what its verbs take, what a create answers. */
export interface Resources {\n${entries.join('\n')}\n}\n`
}

function actionTypes(actions: readonly DescribedAction[]): string {
  const does = actions.map(({ name, body, answer, beside = {} }) => {
    const more = Object.entries(beside).map(([field, schema]) => `${field}?: ${typeOf(schema)}`)
    const all = more.length === 0 ? answer : `${answer} & { ${more.join('; ')} }`
    return `${name}: { body: ${body}; answer: ${all} }`
  })
  return does.length === 0 ? 'Record<never, never>' : `{ ${does.join('; ')} }`
}

function readingTypes(readings: DescribedResource['readings']): string {
  const reads = readings.map(({ name, answer }) => `${name}: ${answer}`)
  return reads.length === 0 ? 'Record<never, never>' : `{ ${reads.join('; ')} }`
}

function resourceTable(resources: readonly DescribedResource[]): string {
  const names = (actions: readonly { readonly name: string }[]) =>
    actions.map(({ name }) => quoted(name)).join(', ')
  const entries = resources.map(
    ({ key, slug, verbs, actions, bulkActions, questions, readings }) =>
      `${key}: { slug: '${slug}', verbs: [${verbs.map(quoted).join(', ')}], actions: [${names(
        actions,
      )}], bulkActions: [${names(bulkActions)}], questions: [${names(questions)}], readings: [${names(
        readings,
      )}] },`,
  )
  return `export const RESOURCES = {\n${entries.join('\n')}\n} as const\n`
}

function quoted(text: string): string {
  return `'${text}'`
}

import fc from 'fast-check'
import type { Node } from './open-api.ts'

const MAX_DEPTH = 4
const DECIMALS = 1_000_000

/**
 * Values that a schema of the API document allows, within what JSON can say: at the bounds, with and without each
 * optional property, null wherever it is taken.
 * @throws Error for a keyword that this does not know, so that none is passed over
 */
export function allowedBy(document: object, schema: Node, depth = 0): fc.Arbitrary<unknown> {
  if (typeof schema.$ref === 'string') return allowedBy(document, resolved(document, schema.$ref), depth)
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum)
  if (Array.isArray(schema.anyOf)) {
    return fc.oneof(...schema.anyOf.map((option: Node) => allowedBy(document, option, depth)))
  }
  if (Array.isArray(schema.type)) {
    return fc.oneof(...schema.type.map((type: string) => allowedBy(document, { ...schema, type }, depth)))
  }
  switch (schema.type) {
    case 'null':
      return fc.constant(null)
    case 'boolean':
      return fc.boolean()
    case 'string':
      return textOf(schema)
    case 'integer':
      return fc.integer({ min: Number(schema.minimum ?? 0), max: Number(schema.maximum ?? 1000) })
    case 'number':
      return numberOf(schema)
    case 'array':
      return listOf(document, schema, depth)
    case 'object':
      return objectOf(document, schema, depth)
    default:
      throw new Error(`no values are known for ${JSON.stringify(schema)}`)
  }
}

export function resolved(document: object, ref: string): Node {
  const path = ref.slice(2).split('/')
  return path.reduce<Node>((from, name) => from[name] as Node, document as Node)
}

/** With at most 6 decimals, as `format: decimal` says. */
function numberOf({ minimum = 0, maximum = 1000 }: Node): fc.Arbitrary<number> {
  const [min, max] = [Number(minimum), Number(maximum)]
  const any = fc.integer({ min: Math.ceil(min * DECIMALS), max: Math.min(max * DECIMALS, 2 ** 52) })
  return fc.oneof(
    fc.constantFrom(min, max),
    any.map((millionths) => millionths / DECIMALS),
  )
}

function textOf({ format, pattern, allOf, minLength = 0, maxLength = 80 }: Node): fc.Arbitrary<string> {
  if (format === 'uuid') return fc.uuid()
  if (format === 'date-time') {
    const range = { min: new Date('1970-01-01'), max: new Date('9000-01-01'), noInvalidDate: true }
    return fc.date(range).map((date) => date.toISOString())
  }
  const lengths = { minLength: Number(minLength), maxLength: Number(maxLength) }
  const any = fc.string({
    ...lengths,
    unit: fc.oneof(
      fc.constantFrom('a', ' ', '\t', 'é', '😀', '\u0085'),
      fc.string({ minLength: 1, maxLength: 1 }),
    ),
  })
  const longest = fc.constant('x'.repeat(lengths.maxLength))
  const all = [{ pattern }, ...((allOf ?? []) as Node[])].flatMap((part) =>
    typeof part.pattern === 'string' ? [part.pattern] : [],
  )
  if (all.length === 0) return fc.oneof(any, longest)
  const tests = all.map((each) => new RegExp(each, 'u'))
  // what only a look ahead forbids is left to the filter
  const matching = all.map((each) =>
    fc.stringMatching(new RegExp(each.replaceAll(/\(\?!(?:[^()]|\([^()]*\))*\)/g, ''), 'u'), {
      maxLength: lengths.maxLength,
    }),
  )
  const fits = (text: string) =>
    tests.every((test) => test.test(text)) &&
    [...text].length >= lengths.minLength &&
    [...text].length <= lengths.maxLength
  return fc.oneof(any, longest, ...matching, ...matching).filter(fits)
}

function listOf(document: object, schema: Node, depth: number): fc.Arbitrary<unknown[]> {
  const { minItems = 0, maxItems = 3, items = {}, uniqueItems } = schema
  const lengths = { minLength: Number(minItems), maxLength: Math.min(Number(maxItems), Number(minItems) + 3) }
  const item = allowedBy(document, items as Node, depth + 1)
  return uniqueItems === true ? fc.uniqueArray(item, lengths) : fc.array(item, lengths)
}

function objectOf(document: object, schema: Node, depth: number): fc.Arbitrary<object> {
  const { properties = {}, required = [] } = schema as {
    properties?: Record<string, Node>
    required?: string[]
  }
  const names = Object.keys(properties).filter((name) => depth < MAX_DEPTH || required.includes(name))
  const values = names.map((name) => [name, allowedBy(document, properties[name]!, depth + 1)] as const)
  return fc.record(Object.fromEntries(values), { requiredKeys: required, noNullPrototype: true })
}

import { fault, unknownParameter } from './faults.ts'
import type { Node, Tree } from './form.ts'

/** What a parameter may be. */
export type Spec = { readonly required?: true; readonly unset?: true } & (
  | { readonly is: 'text'; readonly max?: number }
  | { readonly is: 'whole'; readonly min?: number; readonly max?: number }
  | { readonly is: 'number'; readonly above?: number; readonly max?: number }
  | { readonly is: 'flag' }
  | { readonly is: 'choice'; readonly of: readonly string[] }
  | { readonly is: 'names' }
  | { readonly is: 'list'; readonly max?: number }
  | { readonly is: 'object'; readonly fields: Shape }
  | { readonly is: 'range' }
)

export type Shape = Readonly<Record<string, Spec>>

// biome-ignore lint/suspicious/noExplicitAny: what each operation reads is fixed by its shape
export type Parameters = Record<string, any>

const MAX_METADATA_KEYS = 50
const MAX_METADATA_KEY = 40
const MAX_METADATA_VALUE = 500

/** Reads a form by its shape. @throws Refusal 400 in Stripe's words at the first thing that is wrong */
export function readParameters(tree: Tree, shape: Shape, at = ''): Parameters {
  const place = (name: string): string => (at === '' ? name : `${at}[${name}]`)
  for (const name of Object.keys(tree)) {
    if (shape[name] === undefined) throw unknownParameter(place(name))
  }
  const read: Parameters = {}
  for (const [name, spec] of Object.entries(shape)) {
    const given = tree[name]
    if (given === undefined) {
      if (spec.required !== true) continue
      const param = place(name)
      throw fault(400, { message: `Missing required param: ${param}.`, code: 'parameter_missing', param })
    }
    read[name] = readOne(given, spec, place(name))
  }
  return read
}

function readOne(given: Node, spec: Spec, param: string): unknown {
  if (given === '') {
    if (spec.unset === true) return null
    const message = `You passed an empty string for '${param}'. We assume empty values are an attempt to unset a parameter; however '${param}' cannot be unset. You should remove '${param}' from your request or supply a non-empty value.`
    throw fault(400, { message, code: 'parameter_invalid_empty', param })
  }
  if (spec.is === 'object') return readParameters(treeOf(given, param, 'object'), spec.fields, param)
  if (spec.is === 'names') return readNames(treeOf(given, param, 'hash'), param)
  if (spec.is === 'list') return readList(given, spec.max ?? 1_000, param)
  if (spec.is === 'range' && typeof given !== 'string') {
    const bound = { is: 'whole' } as const
    return readParameters(
      treeOf(given, param, 'object'),
      { gt: bound, gte: bound, lt: bound, lte: bound },
      param,
    )
  }
  if (typeof given !== 'string')
    throw fault(400, { message: `Invalid string: ${JSON.stringify(given)}`, param })
  return readText(given, spec, param)
}

function readText(given: string, spec: Spec, param: string): unknown {
  switch (spec.is) {
    case 'whole':
    case 'range': {
      const value = Number(given)
      if (!/^-?\d+$/.test(given))
        throw fault(400, { message: `Invalid integer: ${given}`, code: 'parameter_invalid_integer', param })
      const { min = 0, max = Number.MAX_SAFE_INTEGER } = spec.is === 'whole' ? spec : {}
      if (value < min)
        throw fault(400, {
          message: `This value must be greater than or equal to ${min}.`,
          code: 'parameter_invalid_integer',
          param,
        })
      if (value > max)
        throw fault(400, {
          message: `This value must be less than or equal to ${max}.`,
          code: 'parameter_invalid_integer',
          param,
        })
      return value
    }
    case 'number': {
      const value = Number(given)
      if (!/^-?\d+(\.\d+)?$/.test(given)) throw fault(400, { message: `Invalid decimal: ${given}`, param })
      if (value <= (spec.above ?? -1) || value > (spec.max ?? Number.MAX_SAFE_INTEGER)) {
        throw fault(400, {
          message: `Invalid ${param}: must be greater than ${spec.above} and at most ${spec.max}`,
          param,
        })
      }
      return value
    }
    case 'flag':
      if (given !== 'true' && given !== 'false')
        throw fault(400, { message: `Invalid boolean: ${given}`, param })
      return given === 'true'
    case 'choice':
      if (!spec.of.includes(given))
        throw fault(400, { message: `Invalid ${param}: must be one of ${spec.of.join(', ')}`, param })
      return given
    default: {
      const max = spec.is === 'text' ? (spec.max ?? 5_000) : 5_000
      if (given.length > max)
        throw fault(400, {
          message: `Invalid string: ${given.slice(0, 10)}...; must be at most ${max} characters`,
          code: 'parameter_invalid_string',
          param,
        })
      return given
    }
  }
}

function treeOf(given: Node, param: string, what: string): Tree {
  if (typeof given === 'string' || Array.isArray(given))
    throw fault(400, { message: `Invalid ${what}`, param })
  return given
}

/** Of metadata: an empty value takes the key away. */
function readNames(tree: Tree, param: string): Record<string, string> {
  const names = Object.entries(tree)
  if (names.length > MAX_METADATA_KEYS)
    throw fault(400, { message: `Metadata can have up to ${MAX_METADATA_KEYS} keys.`, param })
  for (const [name, value] of names) {
    if (typeof value !== 'string')
      throw fault(400, { message: 'Metadata values must be strings.', param: `${param}[${name}]` })
    if (name.length > MAX_METADATA_KEY)
      throw fault(400, { message: `Metadata keys must be at most ${MAX_METADATA_KEY} characters.`, param })
    if (value.length > MAX_METADATA_VALUE)
      throw fault(400, {
        message: `Metadata values must be at most ${MAX_METADATA_VALUE} characters.`,
        param: `${param}[${name}]`,
      })
  }
  return Object.fromEntries(names.map(([name, value]) => [name, String(value)]))
}

function readList(given: Node, max: number, param: string): string[] {
  if (!Array.isArray(given)) throw fault(400, { message: 'Invalid array', param })
  if (given.length > max) throw fault(400, { message: `Invalid array: at most ${max} elements`, param })
  return given.map(String)
}

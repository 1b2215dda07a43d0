import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

type Node = Record<string, unknown>

export interface Exchange {
  readonly method: string
  /** With its query. */
  readonly path: string
  /** As it was sent; undefined without one. */
  readonly body?: unknown
  readonly status: number
  readonly contentType: string | null
  readonly text: string
}

/** Throws when an answer, or a request that was accepted, is not what the API document says. */
export type CheckResponse = (exchange: Exchange) => void

/** Addresses that are no part of the API. */
const PAGES =
  /^(?:$|\/$)|^\/(?:docs(?:\/|$)|console(?!\/(?:session|password)$)(?:\/|$)|connect\/|ops(?:\/|$)|widget\/|metrics$|openapi\.json$)/

/**
 * Holds answers to the API document, more strictly than it reads: an answer may hold nothing that the document does
 * not name, and an error code must be one of those the operation declares.
 */
export function createResponseCheck(document: object): CheckResponse {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addFormat('decimal', { type: 'number', validate: () => true })
  ajv.addSchema(closed(document) as object, 'api')
  const { paths } = document as { paths: Record<string, Node> }
  const templates = Object.keys(paths).map((template) => [patternOf(template), template] as const)
  const compiled = new Map<string, ValidateFunction>()

  function validate(pointer: readonly string[], value: unknown, what: string): void {
    const ref = `api#/${pointer.map(escapeSegment).join('/')}`
    const check = compiled.get(ref) ?? ajv.compile({ $ref: ref })
    compiled.set(ref, check)
    if (check(value)) return
    const faults = (check.errors ?? []).map(
      (fault) => `${fault.instancePath || '(all)'} ${fault.message} ${JSON.stringify(fault.params)}`,
    )
    throw new Error(
      `${what} does not fit the API document:\n  ${faults.slice(0, 12).join('\n  ')}\n${JSON.stringify(value)}`,
    )
  }

  return ({ method, path, body, status, contentType, text }) => {
    const [address = '', search = ''] = path.split(/\?(.*)/s)
    const bare = address.replace(/^\/api\/v1\.0(?=\/)/, '')
    if (PAGES.test(bare) || method === 'OPTIONS') return
    const template = templates.find(([pattern]) => pattern.test(bare))?.[1]
    const verb = method === 'HEAD' ? 'get' : method.toLowerCase()
    const operation = template === undefined ? undefined : (paths[template]?.[verb] as Operation | undefined)
    const what = `${method} ${path} → ${status}`
    if (template === undefined || operation === undefined) {
      if (status < 400) throw new Error(`${what}: the API document does not know this operation`)
      if (method !== 'HEAD') validate(['components', 'schemas', 'ErrorAnswer'], JSON.parse(text), what)
      return
    }
    const at = ['paths', template, verb]
    const found = operation.responses[String(status)]
    if (found === undefined) throw new Error(`${what}: the API document does not know this status\n${text}`)
    const [response, pointer] = resolve(document, found, [...at, 'responses', String(status)])
    if (status < 300) checkRequest(operation, at, body, search, what)
    if (method === 'HEAD' || (response.content === undefined && text === '')) return
    if (response.content === undefined) throw new Error(`${what}: has a body, which the API document denies`)
    if (contentType !== 'application/json; charset=utf-8') throw new Error(`${what}: is ${contentType}`)
    const answer = JSON.parse(text)
    validate([...pointer, 'content', 'application/json', 'schema'], answer, what)
    const codes = response['x-error-codes'] as string[] | undefined
    if (codes !== undefined && !codes.includes(answer.error.code)) {
      throw new Error(`${what}: ${answer.error.code} is not among its codes: ${codes.join(', ')}`)
    }
  }

  /** What was accepted must be what the document allows. */
  function checkRequest(
    operation: Operation,
    at: readonly string[],
    body: unknown,
    search: string,
    what: string,
  ): void {
    if (operation.requestBody !== undefined && typeof body === 'string' && what.includes('/schema/')) {
      const sent = JSON.parse(body)
      const pointer = [...at, 'requestBody', 'content', 'application/json', 'schema']
      validate(pointer, sent, `the body of ${what}`)
    }
    for (const [name, value] of new URLSearchParams(search)) {
      const index = (operation.parameters ?? []).findIndex((parameter) => parameter.name === name)
      if (index === -1) continue
      const place = [...at, 'parameters', String(index)]
      // what is no JSON is sent as the text that it is
      const schema = operation.parameters?.[index]?.schema
      const isText = schema !== undefined && schema.type !== 'integer'
      const pointer =
        schema !== undefined ? [...place, 'schema'] : [...place, 'content', 'application/json', 'schema']
      validate(pointer, isText ? value : JSON.parse(value), `${name} of ${what}`)
    }
  }
}

interface Operation {
  readonly parameters?: readonly { readonly name?: string; readonly schema?: { readonly type?: unknown } }[]
  readonly requestBody?: Node
  readonly responses: Readonly<Record<string, Node>>
}

function patternOf(template: string): RegExp {
  return new RegExp(`^${template.replace(/\{[^}]+\}/g, '[^/]+')}$`)
}

function escapeSegment(segment: string): string {
  return encodeURIComponent(segment.replaceAll('~', '~0').replaceAll('/', '~1'))
}

/** A component in the place of a reference to it. */
function resolve(document: object, node: Node, at: string[]): [Node, string[]] {
  if (typeof node.$ref !== 'string') return [node, at]
  const pointer = node.$ref.slice(2).split('/')
  const target = pointer.reduce<Node>((from, name) => from[name] as Node, document as Node)
  return [target, pointer]
}

/** Every object that lists its properties may have no others. */
function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed)
  if (typeof node !== 'object' || node === null) return node
  const next = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, closed(value)]))
  const isObject = next.type === 'object' || (Array.isArray(next.type) && next.type.includes('object'))
  if (isObject && next.properties !== undefined) next.additionalProperties ??= false
  return next
}

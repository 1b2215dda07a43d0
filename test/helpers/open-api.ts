/** What tests look for in an OpenAPI document. */
export type Node = Record<string, unknown>

export interface Operation {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly security: readonly Node[]
  readonly parameters?: readonly Node[]
  readonly requestBody?: Node
  readonly responses: Readonly<Record<string, Node>>
}

export interface Placed {
  readonly path: string
  readonly method: string
  readonly operation: Operation
}

const METHODS = ['get', 'post', 'patch', 'put', 'delete']

export function operationsOf(document: object): Placed[] {
  const { paths } = document as { paths: Record<string, Record<string, Operation>> }
  return Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method]
      return operation === undefined ? [] : [{ path, method, operation }]
    }),
  )
}

/** Every object inside a value, the value first, with where it stands. */
export function* nodesIn(value: unknown, at = '#'): Generator<[string, Node]> {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) yield [at, value as Node]
  for (const [key, item] of Object.entries(value)) yield* nodesIn(item, `${at}/${key}`)
}

/** What a local reference names; undefined when that is nothing. */
export function targetOf(document: object, ref: string): unknown {
  const segments = ref.slice(2).split('/')
  return segments.reduce<unknown>(
    (from, segment) => (from as Node | undefined)?.[segment.replaceAll('~1', '/').replaceAll('~0', '~')],
    document,
  )
}

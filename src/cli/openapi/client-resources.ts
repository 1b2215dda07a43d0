import type { JsonSchema } from '../../http/json/json-schema.ts'

/** A resource as the API document tells of it; names are those of its schemas. */
export interface DescribedResource {
  /** `streakLog`. */
  readonly key: string
  readonly slug: string
  readonly verbs: readonly string[]
  readonly record: string
  /** Fields that lists leave out unless they are asked for. */
  readonly onRequest: readonly string[]
  readonly create: string | null
  readonly created: string | null
  readonly patch: string | null
  readonly filter: string | null
  /** What else can be done to a record: the name in the path, the schemas of body and answer. */
  readonly actions: readonly DescribedAction[]
  /** What can be done to many records at once. */
  readonly bulkActions: readonly DescribedAction[]
  /** What can be asked: the name in the path, a type of what it takes, the schema of the answer. */
  readonly questions: readonly DescribedAction[]
  /** What can be read of a record beside itself: the name in the path, the schema of the answer. */
  readonly readings: readonly Pick<DescribedAction, 'name' | 'answer'>[]
  readonly sort: readonly string[]
}

export interface DescribedAction {
  readonly name: string
  readonly body: string
  readonly answer: string
  /** What may stand beside it, by name. */
  readonly beside?: Readonly<Record<string, JsonSchema>>
}

type Node = Readonly<Record<string, unknown>>

/** The resources of an API document that keys may use, in its order. */
export function resourcesIn(document: JsonSchema): DescribedResource[] {
  const { paths, components } = document as unknown as {
    paths: Record<string, Record<string, Node>>
    components: { schemas: Record<string, Node> }
  }
  const slugs = new Set(
    Object.entries(paths).flatMap(([path, operations]) =>
      isForKeys(operations) ? (/^\/schema\/(\w+)\/record/.exec(path)?.[1] ?? []) : [],
    ),
  )
  return [...slugs].map((slug) => {
    const list = paths[`/schema/${slug}/record`] ?? {}
    const record = paths[`/schema/${slug}/record/{id}`] ?? {}
    const operations: Readonly<Record<string, Node | undefined>> = {
      list: list.get,
      create: list.post,
      get: record.get,
      patch: record.patch,
      delete: record.delete,
    }
    const name = nameOf(operations)
    return {
      key: name.charAt(0).toLowerCase() + name.slice(1),
      slug,
      verbs: Object.keys(operations).filter((verb) => operations[verb] !== undefined),
      record: name,
      onRequest: onRequestOf(components.schemas[`${name}Listed`]),
      create: bodyOf(operations.create),
      created: createdOf(operations.create),
      patch: bodyOf(operations.patch),
      filter: refName(at(parameter(operations.list, 'filters'), 'content', 'application/json', 'schema')),
      sort: sortOf(operations.list),
      actions: actionsOf(paths, `/schema/${slug}/record/{id}/`),
      bulkActions: actionsOf(paths, `/schema/${slug}/`),
      questions: questionsOf(paths, `/schema/${slug}/`),
      readings: questionsOf(paths, `/schema/${slug}/record/{id}/`),
    }
  })
}

function isForKeys(operations: Readonly<Record<string, Node>>): boolean {
  return Object.values(operations).some(({ security }) =>
    ((security ?? []) as readonly Node[]).some((scheme) => 'apiKey' in scheme),
  )
}

function actionsOf(
  paths: Readonly<Record<string, Readonly<Record<string, Node>>>>,
  prefix: string,
): DescribedAction[] {
  return Object.entries(paths).flatMap(([path, { post }]) => {
    const name = path.startsWith(prefix) ? path.slice(prefix.length) : ''
    if (post === undefined || !/^(?!record$)\w+$/.test(name)) return []
    const answer = createdOf(post) ?? answerOf(post, '200') ?? 'never'
    return [{ name, body: bodyOf(post) ?? 'never', answer, beside: besideOf(post) }]
  })
}

function questionsOf(
  paths: Readonly<Record<string, Readonly<Record<string, Node>>>>,
  prefix: string,
): DescribedAction[] {
  return Object.entries(paths).flatMap(([path, { get }]) => {
    const name = path.startsWith(prefix) ? path.slice(prefix.length) : ''
    if (get === undefined || !/^(?!record$)\w+$/.test(name)) return []
    const parameters = (get.parameters ?? []) as readonly Node[]
    const body = `{ ${parameters.map((one) => `${String(one.name)}?: string`).join('; ')} }`
    return [{ name, body, answer: answerOf(get, '200') ?? 'never' }]
  })
}

/** `listStreakLog` is of the StreakLog. */
function nameOf(operations: Readonly<Record<string, Node | undefined>>): string {
  for (const [verb, operation] of Object.entries(operations)) {
    if (operation !== undefined) return String(operation.operationId).slice(verb.length)
  }
  throw new Error('a path without operations')
}

function onRequestOf(listed: Node | undefined): string[] {
  const properties = (listed?.properties ?? {}) as Record<string, Node>
  return Object.keys(properties).filter((name) => properties[name]?.['x-on-request'] === true)
}

function bodyOf(operation: Node | undefined): string | null {
  return refName(at(operation, 'requestBody', 'content', 'application/json', 'schema'))
}

function createdOf(operation: Node | undefined): string | null {
  return answerOf(operation, '201')
}

function answerOf(operation: Node | undefined, status: '200' | '201'): string | null {
  const content = ['content', 'application/json', 'schema', 'properties', 'data']
  const data = at(operation, 'responses', status, ...content)
  const one = refName(data)
  const several = refName(at(data, 'items'))
  return several === null ? one : `${several}[]`
}

/** What may stand beside the record in an answer. */
function besideOf(operation: Node): Readonly<Record<string, JsonSchema>> {
  const { data: _record, ...beside } =
    at(operation, 'responses', '200', 'content', 'application/json', 'schema', 'properties') ?? {}
  return beside as Readonly<Record<string, JsonSchema>>
}

function sortOf(operation: Node | undefined): string[] {
  const fieldSlug = at(
    parameter(operation, 'sortBy'),
    'content',
    'application/json',
    'schema',
    'items',
    'properties',
    'fieldSlug',
  )
  return (fieldSlug?.enum ?? []) as string[]
}

function parameter(operation: Node | undefined, name: string): Node | undefined {
  return ((operation?.parameters ?? []) as Node[]).find((one) => one.name === name)
}

function at(node: Node | undefined, ...path: readonly string[]): Node | undefined {
  return path.reduce<Node | undefined>((from, key) => from?.[key] as Node | undefined, node)
}

function refName(node: Node | undefined): string | null {
  const { $ref } = node ?? {}
  return typeof $ref === 'string' ? ($ref.split('/').at(-1) ?? null) : null
}

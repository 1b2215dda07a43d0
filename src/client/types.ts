import type { Paging, RESOURCES, Resources } from './schema.ts'
import type { CallOptions } from './transport.ts'

export type ResourceKey = keyof Resources
type VerbsOf<K extends ResourceKey> = (typeof RESOURCES)[K]['verbs'][number]
type FieldOf<K extends ResourceKey> = keyof Resources[K]['record'] & string

/** What a list shows: the fields that were asked for, else all but joined records. */
export type Shown<K extends ResourceKey, F> = [F] extends [never]
  ? Resources[K]['listed']
  : Pick<Resources[K]['record'], F & keyof Resources[K]['record']>

/** Which records, and which of their fields. */
export interface Selection<K extends ResourceKey, F extends FieldOf<K> = never> {
  readonly fields?: readonly F[]
  readonly filters?: Resources[K]['filter']
}

export interface ListQuery<K extends ResourceKey, F extends FieldOf<K> = never> extends Selection<K, F> {
  readonly sortBy?: readonly { readonly fieldSlug: Resources[K]['sort']; readonly order?: 'ASC' | 'DESC' }[]
  readonly offset?: number
  readonly limit?: number
  readonly fetchTotalCount?: boolean
}

export interface Page<T> {
  readonly data: T[]
  readonly paging: Paging
}

interface Verbs<K extends ResourceKey> {
  create(body: Resources[K]['create'], options?: CallOptions): Promise<Resources[K]['created']>
  get(id: string, options?: CallOptions): Promise<Resources[K]['record']>
  list<F extends FieldOf<K> = never>(
    query?: ListQuery<K, F>,
    options?: CallOptions,
  ): Promise<Page<Shown<K, F>>>
  patch(id: string, body: Resources[K]['patch'], options?: CallOptions): Promise<Resources[K]['record']>
  delete(id: string, options?: CallOptions): Promise<void>
}

interface Everything<K extends ResourceKey> {
  /**
   * Every record, oldest first, in pages behind the scenes. Records that are made meanwhile come at the end; none
   * comes twice. `fields` must hold `id` and `createdAt`.
   */
  all<F extends FieldOf<K> = never>(
    selection?: Selection<K, F>,
    options?: CallOptions & { readonly pageSize?: number },
  ): AsyncGenerator<Shown<K, F>, void, undefined>
}

/** What else can be done to a record: `client.streakLog.withdrawal(id, {…})`. */
type Actions<K extends ResourceKey> = {
  [A in keyof Resources[K]['actions']]: Resources[K]['actions'][A] extends { body: infer B; answer: infer R }
    ? (id: string, body: B, options?: CallOptions) => Promise<R>
    : never
}

/** What can be done to many records at once: `client.delivery.replayMany({…})`. */
type BulkActions<K extends ResourceKey> = {
  [A in keyof Resources[K]['bulkActions'] as `${A & string}Many`]: Resources[K]['bulkActions'][A] extends {
    body: infer B
    answer: infer R
  }
    ? (body: B, options?: CallOptions) => Promise<R>
    : never
}

/** What can be asked of many records: `client.delivery.explain({…})`. */
type Questions<K extends ResourceKey> = {
  [A in keyof Resources[K]['questions']]: Resources[K]['questions'][A] extends {
    body: infer B
    answer: infer R
  }
    ? (query: B, options?: CallOptions) => Promise<R>
    : never
}

/** What can be read of a record beside itself, however much it is: `client.member.export(id)`. */
type Readings<K extends ResourceKey> = {
  [A in keyof Resources[K]['readings']]: (
    id: string,
    options?: CallOptions,
  ) => Promise<Resources[K]['readings'][A]>
}

/** The verbs, actions, questions and readings that a resource has. */
export type ResourceClient<K extends ResourceKey> = Pick<Verbs<K>, VerbsOf<K> & keyof Verbs<K>> &
  Actions<K> &
  BulkActions<K> &
  Questions<K> &
  Readings<K> &
  ('list' extends VerbsOf<K> ? Everything<K> : unknown)

export type StreaklineClient = { readonly [K in ResourceKey]: ResourceClient<K> }

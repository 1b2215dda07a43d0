import type { MembersFound, OrdersFound, Paging } from '../../client/schema.ts'
import { request } from './request.ts'

/** Of what is searched for so many are shown. */
const MOST_FOUND = 50

export interface Condition {
  readonly fieldSlug: string
  readonly operator: string
  readonly value?: unknown
}
export type Filter = Condition | { readonly and: readonly Filter[] } | { readonly or: readonly Filter[] }

export interface ListOptions {
  readonly filters?: Filter
  readonly fields?: readonly string[]
  readonly sortBy?: readonly { readonly fieldSlug: string; readonly order: 'ASC' | 'DESC' }[]
  readonly offset?: number
  readonly limit?: number
  readonly count?: boolean
  readonly signal?: AbortSignal
}

export interface Page<T> {
  readonly data: readonly T[]
  readonly paging: Paging
}

/** A page of a list; newest first unless it is said otherwise. @throws Failure */
export function list<T>(slug: string, options: ListOptions = {}): Promise<Page<T>> {
  const { signal, count, ...rest } = options
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(rest)) {
    if (value !== undefined)
      query.set(name, typeof value === 'number' ? String(value) : JSON.stringify(value))
  }
  if (count === true) query.set('fetchTotalCount', 'true')
  const search = query.size === 0 ? '' : `?${query}`
  return request('GET', `/schema/${slug}/record${search}`, undefined, signal === undefined ? {} : { signal })
}

/** How many records match, up to the 100,000 that the server counts. @throws Failure */
export async function countOf(slug: string, filters?: Filter): Promise<number> {
  const page = await list(slug, { limit: 1, count: true, ...(filters === undefined ? {} : { filters }) })
  return page.paging.totalCount ?? 0
}

export async function read<T>(slug: string, id: string): Promise<T> {
  return (await request<{ data: T }>('GET', `/schema/${slug}/record/${encodeURIComponent(id)}`)).data
}

/** A record with the tag that says which state of it this is. @throws Failure */
export async function readTagged<T>(
  slug: string,
  id: string,
): Promise<{ readonly record: T; readonly tag: string | undefined }> {
  let tag: string | undefined
  const onTag = (told: string) => {
    tag = told
  }
  const path = `/schema/${slug}/record/${encodeURIComponent(id)}`
  const { data: record } = await request<{ data: T }>('GET', path, undefined, { onTag })
  return { record, tag }
}

export async function create<T>(slug: string, body: unknown): Promise<T> {
  return (await request<{ data: T }>('POST', `/schema/${slug}/record`, body)).data
}

/** @param tag only as long as the record has it still: else PRECONDITION_FAILED @throws Failure */
export async function patch<T>(slug: string, id: string, body: unknown, tag?: string): Promise<T> {
  const options = tag === undefined ? {} : { ifMatch: tag }
  return (await request<{ data: T }>('PATCH', `/schema/${slug}/record/${id}`, body, options)).data
}

export async function remove(slug: string, id: string): Promise<void> {
  await request('DELETE', `/schema/${slug}/record/${id}`)
}

/** Something else that is done to a record: `install`, `replay`, `rotate`. @throws Failure */
export async function act<T>(slug: string, id: string, action: string, body: unknown = {}): Promise<T> {
  return request('POST', `/schema/${slug}/record/${id}/${action}`, body)
}

/** What is found by whatever people know of it. @throws Failure */
export async function search<T extends OrdersFound | MembersFound>(
  slug: 'delivery' | 'account_user',
  q: string,
  signal: AbortSignal,
): Promise<T> {
  const query = new URLSearchParams({ q, limit: String(MOST_FOUND) })
  return (await request<{ data: T }>('GET', `/schema/${slug}/search?${query}`, undefined, { signal })).data
}

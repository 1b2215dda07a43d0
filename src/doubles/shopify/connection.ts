import { AppError } from '../../errors.ts'

export interface PageArguments {
  readonly first?: number | null
  readonly last?: number | null
  readonly after?: string | null
  readonly before?: string | null
  readonly reverse?: boolean | null
}

const MAX_PAGE = 250

/** A query that is well formed and cannot be answered: its message goes into `errors`. */
export class QueryFault extends AppError {
  constructor(message: string) {
    super('INVALID_INPUT', message)
  }
}

/** A page of rows as a GraphQL connection. Cursors name the row, so that a page stays where it is. */
export function connectionOf<R extends { readonly id: string }>(
  rows: readonly R[],
  { first, last, after, before, reverse }: PageArguments,
  show: (row: R) => object,
): object {
  if (first == null && last == null) throw new QueryFault('you must provide one of first or last')
  if (first != null && last != null) throw new QueryFault('providing both first and last is not supported')
  const size = first ?? last ?? 0
  if (size < 0 || size > MAX_PAGE)
    throw new QueryFault(`first and last must be between 0 and ${MAX_PAGE}, not ${size}`)
  const all = reverse === true ? [...rows].reverse() : rows
  const from = after == null ? 0 : placeOf(all, after) + 1
  const to = before == null ? all.length : placeOf(all, before)
  const between = all.slice(from, to)
  const page = first == null ? between.slice(-size || between.length) : between.slice(0, size)
  const start = from + (first == null ? between.length - page.length : 0)
  const cursor = (row: R | undefined): string | null => (row === undefined ? null : cursorOf(row))
  return {
    nodes: () => page.map(show),
    edges: () => page.map((row) => ({ cursor: cursorOf(row), node: show(row) })),
    pageInfo: {
      hasNextPage: start + page.length < all.length,
      hasPreviousPage: start > 0,
      startCursor: cursor(page[0]),
      endCursor: cursor(page.at(-1)),
    },
  }
}

function cursorOf({ id }: { readonly id: string }): string {
  return Buffer.from(JSON.stringify({ last_id: id })).toString('base64')
}

function placeOf(rows: readonly { readonly id: string }[], cursor: string): number {
  let id: string | undefined
  try {
    id = JSON.parse(Buffer.from(cursor, 'base64').toString()).last_id
  } catch {
    throw new QueryFault(`Invalid cursor for current pagination sort.`)
  }
  const place = rows.findIndex((row) => row.id === id)
  if (place === -1) throw new QueryFault('Invalid cursor for current pagination sort.')
  return place
}

/** `gid://shopify/Order/1` → `1`; null where it names something else. */
export function idOf(given: string, ...types: readonly string[]): string | null {
  const match = /^gid:\/\/shopify\/(\w+)\/(\d+)(\?.*)?$/.exec(given)
  return match !== null && types.includes(match[1] ?? '') ? (match[2] ?? null) : null
}

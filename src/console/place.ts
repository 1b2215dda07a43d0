const NAME = '/console'
const at = `${location.pathname}/`.indexOf(`${NAME}/`)

/** What stands before `/console` in the address: '' unless a proxy adds something. */
export const root = at === -1 ? '' : location.pathname.slice(0, at)
const base = `${root}${NAME}`

/** The address of a page of the console: `/orders` becomes `/console/orders`. */
export const addressOf = (page: string): string => (page === '/' ? base : `${base}${page}`)

/** The page that the browser shows now, without a slash at its end: `/`, `/orders`. */
export function pageNow(): string {
  return location.pathname.slice(base.length).replace(/\/+$/, '') || '/'
}

/** The queue pages lie outside of the console, behind the same sign-in. */
const QUEUES = '/ops/queues'

/** Where somebody was led from to sign in, as the address they go on to; null for anybody who came by themselves. */
export function nextAddress(query: URLSearchParams): string | null {
  const next = query.get('next') ?? ''
  return next === QUEUES || next.startsWith(`${QUEUES}/`) || next.startsWith(`${QUEUES}?`)
    ? `${root}${next}`
    : null
}

/** Where whoever runs the server opens the queue pages without a session; null where nobody asked for them. */
export function operatorAddress(query: URLSearchParams): string | null {
  return nextAddress(query) !== null && query.has('operator') ? `${root}${QUEUES}?operator` : null
}

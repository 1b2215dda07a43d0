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

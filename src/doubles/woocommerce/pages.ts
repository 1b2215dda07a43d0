import type { Answer } from '../parts/server.ts'
import { invalidParameter } from './faults.ts'

const MAX_PER_PAGE = 100

/** A page of a list, counted in the headers as WordPress does. */
export function pageOf<R>(
  rows: readonly R[],
  query: URLSearchParams,
  url: string,
  show: (row: R) => object,
): Answer {
  const perPage = whole(query, 'per_page', 10, MAX_PER_PAGE)
  const page = whole(query, 'page', 1, Number.MAX_SAFE_INTEGER)
  const pages = Math.ceil(rows.length / perPage)
  const links: string[] = []
  const link = (number: number, rel: string): void => {
    const others = new URLSearchParams(query)
    others.set('page', String(number))
    links.push(`<${url}?${others}>; rel="${rel}"`)
  }
  if (page > 1) link(page - 1, 'prev')
  if (page < pages) link(page + 1, 'next')
  return {
    status: 200,
    headers: {
      'x-wp-total': String(rows.length),
      'x-wp-totalpages': String(pages),
      ...(links.length === 0 ? {} : { link: links.join(', ') }),
    },
    body: rows.slice((page - 1) * perPage, page * perPage).map(show),
  }
}

function whole(query: URLSearchParams, name: string, other: number, max: number): number {
  const given = query.get(name)
  if (given === null) return other
  const value = Number(given)
  if (!/^\d+$/.test(given)) throw invalidParameter(name, `${name} is not of type integer.`)
  if (value < 1 || value > max) {
    throw invalidParameter(name, `${name} must be between 1 (inclusive) and ${max} (inclusive)`)
  }
  return value
}

/** `2026-11-27T10:00:00`: WordPress writes no zone. This site's own clock is UTC. */
export function siteTime(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString().slice(0, 19)
}

export function timeIn(query: URLSearchParams, name: string): number | null {
  const given = query.get(name)
  if (given === null) return null
  const at = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(given) ? given : `${given}Z`)
  if (Number.isNaN(at)) throw invalidParameter(name, 'Invalid date.')
  return at
}

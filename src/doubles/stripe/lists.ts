import { missing } from './faults.ts'
import type { Parameters, Shape } from './parameters.ts'
import type { Thing } from './state.ts'

export const PAGING: Shape = {
  limit: { is: 'whole', min: 1, max: 100 },
  starting_after: { is: 'text' },
  ending_before: { is: 'text' },
  created: { is: 'range' },
  expand: { is: 'list', max: 20 },
}

const DEFAULT_LIMIT = 10

/** A page of a list, the newest first. */
export function pageOf(things: readonly Thing[], kind: string, url: string, given: Parameters): object {
  // those made in one second stay in the order in which they were made
  const sorted = [...things].reverse().sort((a, b) => b.created - a.created)
  const all = sorted.filter(({ created }) => isIn(created, given.created))
  const limit: number = given.limit ?? DEFAULT_LIMIT
  if (given.ending_before !== undefined) {
    const end = placeOf(sorted, all, kind, given.ending_before, 'ending_before')
    const start = Math.max(0, end - limit)
    return { object: 'list', url, has_more: start > 0, data: all.slice(start, end) }
  }
  const start =
    given.starting_after === undefined
      ? 0
      : placeOf(sorted, all, kind, given.starting_after, 'starting_after') + 1
  return { object: 'list', url, has_more: all.length > start + limit, data: all.slice(start, start + limit) }
}

function placeOf(
  sorted: readonly Thing[],
  all: readonly Thing[],
  kind: string,
  id: string,
  param: string,
): number {
  const known = sorted.findIndex((one) => one.id === id)
  if (known === -1) throw missing(kind, id, param, 400)
  const place = all.findIndex((one) => one.id === id)
  return place === -1 ? all.filter((one) => sorted.indexOf(one) < known).length - 1 : place
}

function isIn(created: number, range: Parameters | number | undefined): boolean {
  if (range === undefined) return true
  if (typeof range === 'number') return created === range
  return (
    (range.gt === undefined || created > range.gt) &&
    (range.gte === undefined || created >= range.gte) &&
    (range.lt === undefined || created < range.lt) &&
    (range.lte === undefined || created <= range.lte)
  )
}

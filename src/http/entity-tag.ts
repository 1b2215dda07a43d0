import { invalid } from '../errors.ts'

const MAX_TAGS = 10
const TAG = /^"(\d{1,15})"$/

/** The revision of a record as the header `ETag`. */
export function entityTag(revision: number): string {
  return `"${revision}"`
}

/**
 * Which revisions a caller takes for the present one, by the header `If-Match`; null: it does not say, or any.
 * @throws AppError INVALID_INPUT
 */
export function readIfMatch(header: string | undefined): readonly number[] | null {
  if (header === undefined || header.trim() === '*') return null
  const tags = header.split(',').map((tag) => TAG.exec(tag.trim())?.[1])
  if (tags.length > MAX_TAGS || tags.some((tag) => tag === undefined)) {
    throw invalid('If-Match', `must be *, or up to ${MAX_TAGS} values of the header ETag: "7"`)
  }
  return tags.map(Number)
}

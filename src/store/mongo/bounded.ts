import { AppError } from '../../errors.ts'

/** What a bounded read may take of the server. Nobody here waits for it but who asked. */
export const BOUNDED_MS = 2_000
const MAX_TIME_EXPIRED = 50

/**
 * Reads within `limitMs` of the server's time; undefined: as long as any read may take.
 * @throws AppError QUERY_TOO_EXPENSIVE when it took all of it
 */
export async function within<T>(
  limitMs: number | undefined,
  read: (limit: { readonly maxTimeMS?: number }) => Promise<T>,
): Promise<T> {
  if (limitMs === undefined) return read({})
  try {
    return await read({ maxTimeMS: limitMs })
  } catch (error) {
    const cause = error instanceof AppError ? error.cause : error
    if ((cause as { code?: unknown } | undefined)?.code !== MAX_TIME_EXPIRED) throw error
    throw new AppError('QUERY_TOO_EXPENSIVE', `It was given up after ${limitMs} ms of reading`)
  }
}

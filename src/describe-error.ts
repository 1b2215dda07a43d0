import { AppError } from './errors.ts'

/**
 * An error as a log line may show it. Messages of foreign errors can quote rows, and so personal data: of those only
 * name, code and the places in the stack are kept. Our own say what happened and hold nothing private.
 */
export function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error }
  const { code } = error as { code?: unknown }
  const cause = error.cause === undefined ? {} : { cause: describeError(error.cause) }
  const shown = error instanceof AppError ? { message: error.message } : {}
  return { type: error.name, code, ...shown, stack: placesOf(error), ...cause }
}

const PLACES_KEPT = 10

function placesOf(error: Error): string[] {
  const lines = (error.stack ?? '').split('\n').map((line) => line.trim())
  return lines.filter((line) => line.startsWith('at ')).slice(0, PLACES_KEPT)
}

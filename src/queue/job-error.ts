import { UnrecoverableError } from 'bullmq'
import { AppError } from '../errors.ts'

/** A failed try that may be repeated. `message` and `stack` go into Redis and onto the board as they are. */
export class JobFailure extends Error {
  override readonly name = 'JobFailure'
  readonly retryAfterMs: number | undefined

  constructor(message: string, retryAfterMs: number | undefined) {
    super(message)
    this.retryAfterMs = retryAfterMs
  }
}

/**
 * What may be said about a failure: only AppError keeps its message. Messages of drivers quote the data they choked
 * on (a duplicate key error names the e-mail address), so of other errors the kind and code remain.
 */
export function describeFailure(error: unknown): string {
  if (error instanceof AppError) return `${error.code}: ${error.message}`
  if (!(error instanceof Error)) return `a ${typeof error} was thrown`
  const code = 'code' in error && ['string', 'number'].includes(typeof error.code) ? ` (${error.code})` : ''
  return `${error.name}${code}`
}

/** The error BullMQ is given: an `UnrecoverableError` ends the job at once, anything else is retried. */
export function toJobError(error: unknown): Error {
  const message = describeFailure(error)
  const final = error instanceof AppError && !error.retryable
  const failure = final
    ? new UnrecoverableError(message)
    : new JobFailure(message, error instanceof AppError ? error.retryAfterMs : undefined)
  failure.stack = [message, ...framesOf(error)].join('\n')
  return failure
}

function framesOf(error: unknown): string[] {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  return stack.split('\n').filter((line) => line.startsWith('    at '))
}

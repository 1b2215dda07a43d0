import type { ErrorAnswer } from './schema.ts'

type Told = ErrorAnswer['error']
/** The codes of docs/errors.md; `UNKNOWN` is an answer that is not Streakline's, of a proxy for example. */
export type ErrorCode = Told['code'] | 'UNKNOWN'

/** A call that was answered, but refused. Failures of the network stay the ones that `fetch` throws. */
export class StreaklineError extends Error {
  override readonly name = 'StreaklineError'
  readonly status: number
  /** Decide by it. */
  readonly code: ErrorCode
  /** Each fault with its place; of a duplicate the `existingId`. */
  readonly details: Told['details']
  /** What to name when you ask the operator about it. */
  readonly requestId: string | null
  /** Milliseconds after which trying again makes sense; null when the answer does not say. */
  readonly retryAfterMs: number | null

  constructor(status: number, told: Told | null, requestId: string | null, retryAfterMs: number | null) {
    super(told?.message ?? `answered ${status}, in a form that is not Streakline's`)
    this.status = status
    this.code = told?.code ?? 'UNKNOWN'
    this.details = told?.details ?? []
    this.requestId = told?.requestId ?? requestId
    this.retryAfterMs = retryAfterMs
  }
}

export function failureOf(response: Response, text: string): StreaklineError {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  return new StreaklineError(
    response.status,
    toldIn(text),
    response.headers.get('x-request-id'),
    Number.isFinite(seconds) ? seconds * 1000 : null,
  )
}

function toldIn(text: string): Told | null {
  try {
    const { error } = JSON.parse(text) as Partial<ErrorAnswer>
    return typeof error?.code === 'string' && Array.isArray(error.details) ? error : null
  } catch {
    return null
  }
}

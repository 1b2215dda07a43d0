/**
 * The one table of error codes. `status` is the HTTP answer; `retryable` says whether the same call may succeed
 * later without being changed (workers retry those jobs and fail the others at once).
 * docs/errors.md describes each code for callers; a test holds the two together.
 */
export const ERRORS = {
  INVALID_INPUT: { status: 400, retryable: false },
  INVALID_JSON: { status: 400, retryable: false },
  UNKNOWN_FIELD: { status: 400, retryable: false },
  REFERENCE_NOT_FOUND: { status: 400, retryable: false },
  FIELD_IS_FIXED: { status: 400, retryable: false },
  STREAK_NOT_LIVE: { status: 400, retryable: false },
  MEMBER_NOT_LIVE: { status: 400, retryable: false },
  IN_FUTURE: { status: 400, retryable: false },
  QUERY_TOO_EXPENSIVE: { status: 400, retryable: false },
  FILTER_NOT_SELECTIVE: { status: 400, retryable: false },
  CREDENTIALS_MISSING: { status: 400, retryable: false },
  SHOP_MISMATCH: { status: 400, retryable: false },
  SCOPE_MISSING: { status: 400, retryable: false },
  CURRENCY_MISMATCH: { status: 400, retryable: false },
  UNAUTHENTICATED: { status: 401, retryable: false },
  SIGNATURE_INVALID: { status: 401, retryable: false },
  FORBIDDEN: { status: 403, retryable: false },
  NOT_FOUND: { status: 404, retryable: false },
  METHOD_NOT_ALLOWED: { status: 405, retryable: false },
  CONFLICT: { status: 409, retryable: false },
  DUPLICATE_STREAK_LOG: { status: 409, retryable: false },
  DUPLICATE_WITHDRAWAL: { status: 409, retryable: false },
  DUPLICATE_REINSTATEMENT: { status: 409, retryable: false },
  DUPLICATE_VALUE: { status: 409, retryable: false },
  REWARD_BEING_FULFILLED: { status: 409, retryable: false },
  REWARD_HELD: { status: 409, retryable: false },
  REWARD_REVOKED: { status: 409, retryable: false },
  STREAK_HAS_LOGS: { status: 409, retryable: false },
  MILESTONE_HAS_REWARD_LOGS: { status: 409, retryable: false },
  PROVIDER_IN_USE: { status: 409, retryable: false },
  CODE_IN_USE: { status: 409, retryable: false },
  CONNECTOR_HAS_DELIVERIES: { status: 409, retryable: false },
  CONNECTOR_INSTALLED: { status: 409, retryable: false },
  NOT_INSTALLED: { status: 409, retryable: false },
  PUBLIC_URL_MISSING: { status: 409, retryable: false },
  CONNECTOR_NOT_LIVE: { status: 409, retryable: false },
  BACKFILL_RUNNING: { status: 409, retryable: false },
  CONNECTOR_IN_USE: { status: 409, retryable: false },
  NOT_EXPORTABLE: { status: 409, retryable: false },
  LAST_LIVE_KEY: { status: 409, retryable: false },
  LAST_OWNER: { status: 409, retryable: false },
  LINK_NOT_GOOD: { status: 410, retryable: false },
  TOO_MANY_ENDPOINTS: { status: 409, retryable: false },
  ENDPOINT_NOT_LIVE: { status: 409, retryable: false },
  PAYLOAD_GONE: { status: 409, retryable: false },
  PRECONDITION_FAILED: { status: 412, retryable: false },
  BODY_TOO_LARGE: { status: 413, retryable: false },
  NOT_JSON: { status: 415, retryable: false },
  FAILED_FOR_GOOD: { status: 409, retryable: false },
  TOO_MANY_REQUESTS: { status: 429, retryable: true },
  INTERNAL: { status: 500, retryable: true },
  PLATFORM_REFUSED: { status: 502, retryable: false },
  PLATFORM_UNAVAILABLE: { status: 503, retryable: true },
  OVERLOADED: { status: 503, retryable: true },
  SECRET_UNREADABLE: { status: 503, retryable: true },
  STORE_BUSY: { status: 503, retryable: true },
  STORE_UNAVAILABLE: { status: 503, retryable: true },
  PROVIDER_UNAVAILABLE: { status: 503, retryable: true },
  STREAK_IN_USE: { status: 409, retryable: false },
} as const satisfies Record<string, { status: number; retryable: boolean }>

export type ErrorCode = keyof typeof ERRORS

/** One fault inside a request: `path` is dotted (`rules.0.currency`), '' is the whole input. */
export interface ErrorDetail {
  readonly path: string
  readonly message: string
  /** Duplicates only: the id of the record that is already there. */
  readonly existingId?: string
}

export interface AppErrorOptions {
  readonly details?: readonly ErrorDetail[]
  readonly cause?: unknown
  /** Milliseconds after which a retry makes sense; becomes `Retry-After`. */
  readonly retryAfterMs?: number
  /** 405 only: the verbs the resource does allow. */
  readonly allow?: readonly string[]
}

/** Every expected failure. Messages name cause, value and limit; they never hold secrets or personal data. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly details: readonly ErrorDetail[]
  readonly retryAfterMs: number | undefined
  readonly allow: readonly string[] | undefined

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.code = code
    this.details = options.details ?? []
    this.retryAfterMs = options.retryAfterMs
    this.allow = options.allow
  }

  get status(): number {
    return ERRORS[this.code].status
  }

  get retryable(): boolean {
    return ERRORS[this.code].retryable
  }
}

/**
 * True for faults that may pass by themselves; unknown errors count as passing, so that nothing is given up too early.
 */
export function isRetryable(error: unknown): boolean {
  return error instanceof AppError ? error.retryable : true
}

/** A 400 about one field or parameter. */
export function invalid(path: string, message: string): AppError {
  return new AppError('INVALID_INPUT', `${path} ${message}`, { details: [{ path, message }] })
}

/** A 400 about a field that names a record which the account does not have. */
export function referenceNotFound(path: string, what: string): AppError {
  const message = `names a ${what} that does not exist`
  return new AppError('REFERENCE_NOT_FOUND', `${path} ${message}`, { details: [{ path, message }] })
}

export interface FaultDetail {
  /** Dotted, as `rules.0.currency`; '' is the whole request. */
  readonly path: string
  readonly message: string
}

/** What the server refused, in its own words; or that it could not be asked: `status` 0. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly status: number
  readonly code: string
  readonly details: readonly FaultDetail[]
  readonly requestId: string | null

  constructor(
    status: number,
    code: string,
    message: string,
    details: readonly FaultDetail[] = [],
    requestId: string | null = null,
  ) {
    super(message)
    this.status = status
    this.code = code
    this.details = details
    this.requestId = requestId
  }

  get isOffline(): boolean {
    return this.status === 0
  }
}

export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error
  return new Failure(-1, 'PAGE', error instanceof Error ? error.message : String(error))
}

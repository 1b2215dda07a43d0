import { type Answer, Refusal } from '../parts/server.ts'

export interface StripeError {
  readonly message: string
  readonly type?: 'invalid_request_error' | 'idempotency_error' | 'api_error'
  readonly code?: string
  readonly param?: string
}

/** An answer of an error in Stripe's shape. */
export function errorAnswer(
  status: number,
  error: StripeError,
  headers: Record<string, string> = {},
): Answer {
  const doc_url =
    error.code === undefined
      ? {}
      : { doc_url: `https://stripe.com/docs/error-codes/${error.code.replaceAll('_', '-')}` }
  return { status, headers, body: { error: { type: 'invalid_request_error', ...error, ...doc_url } } }
}

export function fault(status: number, error: StripeError, headers?: Record<string, string>): Refusal {
  return new Refusal(errorAnswer(status, error, headers))
}

export function unknownParameter(param: string): Refusal {
  return fault(400, { message: `Received unknown parameter: ${param}`, code: 'parameter_unknown', param })
}

/** In an address it is a 404, in a parameter a 400. */
export function missing(kind: string, id: string, param: string, status: 400 | 404 = 404): Refusal {
  return fault(status, { message: `No such ${kind}: '${id}'`, code: 'resource_missing', param })
}

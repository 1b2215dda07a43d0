import { Refusal } from '../parts/server.ts'

/** A refusal in the shape of WordPress. */
export function fault(status: number, code: string, message: string, data: object = {}): Refusal {
  return new Refusal({ status, body: { code, message, data: { status, ...data } } })
}

export function invalidParameter(name: string, message: string): Refusal {
  return fault(400, 'rest_invalid_param', `Invalid parameter(s): ${name}`, { params: { [name]: message } })
}

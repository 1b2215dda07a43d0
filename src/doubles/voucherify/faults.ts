import { randomBytes } from 'node:crypto'
import { type Answer, Refusal } from '../parts/server.ts'

export function errorAnswer(
  status: number,
  key: string,
  message: string,
  details: string,
  more: object = {},
  headers: Record<string, string> = {},
): Answer {
  const request_id = `v-${randomBytes(9).toString('hex')}`
  return { status, headers, body: { code: status, key, message, details, request_id, ...more } }
}

export function fault(status: number, key: string, message: string, details: string, more?: object): Refusal {
  return new Refusal(errorAnswer(status, key, message, details, more))
}

export function notFound(kind: string, id: string): Refusal {
  return fault(404, 'not_found', 'Resource not found', `Cannot find ${kind} with id ${id}`, {
    resource_id: id,
    resource_type: kind,
  })
}

import type { ServerResponse } from 'node:http'
import type { Instant } from '../../ports/clock.ts'
import { formatQuantity, type Quantity } from '../../streaks/quantity.ts'

export type Json = unknown
export type JsonObject = Record<string, Json>

/** TypeScript's library does not know `JSON.rawJSON` yet. */
const rawJson = (JSON as unknown as { rawJSON(digits: string): object }).rawJSON

/** A quantity as a JSON number with all its digits. */
export function quantityJson(value: Quantity): Json {
  return rawJson(formatQuantity(value))
}

/** Decimal digits kept as text (amounts of rules and rewards) as a JSON number with all its digits. */
export function digitsJson(digits: string): Json {
  return rawJson(digits)
}

/** UTC with milliseconds. */
export function instantJson(value: Instant): string {
  return new Date(value).toISOString()
}

export function nullable<T>(value: T | null, write: (value: T) => Json): Json {
  return value === null ? null : write(value)
}

export function sendJson(response: ServerResponse, status: number, body: JsonObject): void {
  const text = JSON.stringify(body)
  response.statusCode = status
  response.setHeader('Content-Type', 'application/json; charset=utf-8')
  response.setHeader('Content-Length', Buffer.byteLength(text))
  // as text it leaves in one piece with the head
  response.end(text, 'utf8')
}

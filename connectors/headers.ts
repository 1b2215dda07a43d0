import type { Headers, RefusalReason, Verification } from '../src/ports/connector.ts'
import { isStorable } from './profile.ts'

const MAX_KEPT_CHARACTERS = 1024

/** A header's value without the white space around it; null when it is missing or blank. */
export function headerOf(headers: Headers, name: string): string | null {
  if (!Object.hasOwn(headers, name)) return null
  // Node's own type allows lists; a caller that passes one on unjoined must not bring a verification down
  const sent: unknown = headers[name]
  const value = Array.isArray(sent) ? sent.join(', ') : sent
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null
}

/** The named headers that were sent, for the delivery's record; without those that are absurdly long or no text. */
export function keepHeaders(headers: Headers, names: readonly string[]): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const name of names) {
    const value = headerOf(headers, name)
    if (value !== null && value.length <= MAX_KEPT_CHARACTERS && isStorable(value)) kept[name] = value
  }
  return kept
}

export function refuse(reason: RefusalReason, message: string): Verification {
  return { ok: false, reason, message }
}

import type { Instant } from '../ports/clock.ts'
import {
  isWhole,
  MAX_QUANTITY,
  MAX_SUM,
  parseQuantity,
  QUANTITY_SCALE,
  type Quantity,
} from '../streaks/quantity.ts'
import { JsonNumber } from './exact-json.ts'
import { parseInstant } from './instant.ts'

/** How every value that a caller sends is read: bodies (through Zod) and filters share these. */
export type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string }
export type Reader<T> = (value: unknown) => Read<T>

export function good<T>(value: T): Read<T> {
  return { ok: true, value }
}
export function bad(message: string): { readonly ok: false; readonly message: string } {
  return { ok: false, message }
}

const SHOWN_CHARACTERS = 40

/** A value as it may stand in a message. Never used for texts that can be secrets or personal data. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = value instanceof JsonNumber ? value.source : (JSON.stringify(value) ?? typeof value)
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}…`
}

/** What kind of value arrived, for messages about values that must not be shown. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (value instanceof JsonNumber) return 'a number'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : typeof value === 'string' ? 'a text' : `a ${typeof value}`
}

export function missing(value: unknown): boolean {
  return value === undefined || value === null
}

/** Text of at most `max` characters (code points), taken as it is: neither trimmed nor normalised. */
export function readText(max: number, options: { readonly blank?: 'allowed' } = {}): Reader<string> {
  return (value) => {
    if (missing(value)) return bad('is required')
    if (typeof value !== 'string') return bad(`must be a text, not ${kindOf(value)}`)
    if (options.blank !== 'allowed' && value.trim() === '') return bad('must not be blank')
    if (value.length > max) {
      const characters = [...value].length
      if (characters > max) return bad(`has ${characters} characters, at most ${max} are allowed`)
    }
    return good(value)
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** A UUID, lower-cased. */
export const readUuid: Reader<string> = (value) => {
  if (missing(value)) return bad('is required')
  if (typeof value !== 'string' || !UUID.test(value)) return bad(`must be a UUID, not ${show(value)}`)
  return good(value.toLowerCase())
}

export function readOneOf<T extends string>(allowed: readonly T[]): Reader<T> {
  return (value) => {
    if (missing(value)) return bad('is required')
    const found = allowed.find((item) => item === value)
    return found === undefined ? bad(`must be one of ${allowed.join(', ')}, not ${show(value)}`) : good(found)
  }
}

export const readBoolean: Reader<boolean> = (value) =>
  typeof value === 'boolean' ? good(value) : bad(`must be true or false, not ${show(value)}`)

/** An instant: ISO 8601 with `Z` or an offset, from 1970 on; what is finer than a millisecond is cut off. */
export const readInstant: Reader<Instant> = (value) => {
  if (missing(value)) return bad('is required')
  return typeof value === 'string'
    ? parseInstant(value)
    : bad(`must be a datetime as text, not ${kindOf(value)}`)
}

const REASONS = {
  not_a_number: 'must be a number',
  negative: 'must not be negative',
  too_many_decimals: 'has more than 6 decimals',
  too_large: 'is above 1,000,000,000',
} as const

function quantityReader(max: Quantity, reasons: Readonly<Record<string, string>>): Reader<Quantity> {
  return (value) => {
    if (missing(value)) return bad('is required')
    if (!(value instanceof JsonNumber)) return bad(`must be a number, not ${kindOf(value)}`)
    const parsed = parseQuantity(value.source, max)
    return parsed.ok ? good(parsed.value) : bad(`${reasons[parsed.reason]}: ${show(value)}`)
  }
}

/** 0 to 1,000,000,000 with at most 6 decimals, read from the number's own digits. */
export const readQuantity = quantityReader(MAX_QUANTITY, REASONS)

/** The same for what quantities add up to, which can be more than one of them. */
export const readSum = quantityReader(MAX_SUM, {
  ...REASONS,
  too_large: 'has more than 22 digits before the point',
})

export const readPositiveQuantity: Reader<Quantity> = (value) => {
  const read = readQuantity(value)
  return read.ok && read.value === 0n ? bad('must be above 0') : read
}

/** A whole number between `min` and `max`; `5.0` and `5e0` are 5. */
export function readInteger(min: number, max: number): Reader<number> {
  return (value) => {
    if (missing(value)) return bad('is required')
    const range = `a whole number from ${min} to ${max}`
    if (!(value instanceof JsonNumber)) return bad(`must be ${range}, not ${kindOf(value)}`)
    const read = readQuantity(value)
    if (!read.ok || !isWhole(read.value)) return bad(`must be ${range}, not ${show(value)}`)
    const number = Number(read.value / QUANTITY_SCALE)
    return number >= min && number <= max ? good(number) : bad(`must be ${range}, not ${show(value)}`)
  }
}

/** An address that could be delivered to: something@something, at most 320 characters. Never echoed. */
export const readEmail: Reader<string> = (value) => {
  const text = readText(320)(value)
  if (!text.ok) return text
  return /^[^\s\p{Cc}@]+@[^\s\p{Cc}@]+$/u.test(text.value) ? text : bad('must be an e-mail address')
}

/** E.164: `+`, then at most 15 digits of which the first is not 0. Never echoed. */
export const readPhone: Reader<string> = (value) => {
  if (missing(value)) return bad('is required')
  return typeof value === 'string' && /^\+[1-9]\d{1,14}$/.test(value)
    ? good(value)
    : bad('must be a phone number in E.164 form, such as +14155552671')
}

const ERASED = 'erased:'

/** The merchant's own id of a member. */
export const readExternalId: Reader<string> = (value) => {
  const text = readText(256)(value)
  return text.ok && text.value.startsWith(ERASED)
    ? bad(`must not begin with ${ERASED}, which marks erased members`)
    : text
}

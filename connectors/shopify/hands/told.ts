import { NoAnswer, type PlatformAnswer, type Told } from '../../../src/ports/platform-calls.ts'
import { wordsOf } from '../../answers.ts'

export type Refused = Extract<Told<never>, { outcome: 'refused' }>
export type Unavailable = Extract<Told<never>, { outcome: 'unavailable' }>

/** The platform's own words, cut, and without what must not be shown wherever it may have been echoed. */
export function inWords(status: number, words: string, secrets: readonly string[]): string {
  let shown = words
  for (const secret of secrets) if (secret !== '') shown = shown.replaceAll(secret, '…')
  return wordsOf(status, shown)
}

export function refuse(refused: Refused['refused'], message: string, path?: string): Refused {
  return { outcome: 'refused', refused, message, ...(path === undefined ? {} : { path }) }
}

export function unavailable(message: string, retryAfterMs: number | null = null): Unavailable {
  return { outcome: 'unavailable', message, retryAfterMs }
}

/** The platform is well, and wants to be asked less. */
export function throttling(message: string, retryAfterMs: number | null): Unavailable {
  return { ...unavailable(message, retryAfterMs), isThrottled: true }
}

/** @throws what is no lack of an answer */
export function noAnswer(error: unknown): Refused | Unavailable {
  if (!(error instanceof NoAnswer)) throw error
  return error.mayPass ? unavailable(error.message) : refuse('request', error.message)
}

/**
 * What ends by itself, or by what its owner does in the shop: a shop that is frozen (402), until its owner has paid, or
 * locked (423), a request whose manner Shopify did not like (430). https://shopify.dev/docs/api/usage/response-codes
 */
const PASSING: ReadonlySet<number> = new Set([402, 408, 423, 430])

/** What the status alone says; null for a success. A 3xx is no answer of the API. */
export function byStatus(
  { status, headers, text }: PlatformAnswer,
  secrets: readonly string[],
): Refused | Unavailable | null {
  if (status >= 200 && status < 300) return null
  const words = inWords(status, saidIn(text), secrets)
  if (status === 429) return throttling(words, retryAfterMsOf(headers))
  if (status < 400 || PASSING.has(status) || status >= 500) return unavailable(words, retryAfterMsOf(headers))
  if (status === 401) return refuse('access', words)
  if (status === 403) return refuse('permission', words)
  return status === 404 ? refuse('request', words, 'settings.shopDomain') : refuse('request', words)
}

/** Seconds, with a fraction at Shopify; null where there is none. */
function retryAfterMsOf(headers: PlatformAnswer['headers']): number | null {
  const seconds = Number(headers['retry-after'] ?? Number.NaN)
  return Number.isFinite(seconds) && seconds >= 0 ? Math.ceil(seconds * 1_000) : null
}

/** What a body says went wrong: `errors` or `error`, however they are built; a page in words of its own is left out. */
function saidIn(text: string): string {
  const body = readObject(text)
  if (body === null) return ''
  const { error, error_description: description, errors } = body
  const said = [error, description].filter((one) => typeof one === 'string').join(': ')
  if (said !== '') return said
  return typeof errors === 'string' ? errors : errors === undefined ? '' : JSON.stringify(errors)
}

/** null where it is no JSON object. Only for what holds no numbers beyond a double: ids are texts in GraphQL. */
export function readObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}

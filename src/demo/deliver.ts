import { setTimeout as pause } from 'node:timers/promises'
import type { ErrorAnswer } from '../client/index.ts'

const REQUEST_TIMEOUT_MS = 15_000
/** As a platform does when it is answered 503. */
const RESEND_TRIES = 5
const RESEND_AFTER_MS = 1_000

/** What a webhook was answered. */
export type Answer =
  | { readonly status: 200; readonly deliveryId: string }
  | { readonly status: number; readonly deliveryId: null; readonly error: ErrorAnswer['error'] | null }

/** Sends a webhook as a platform does, without credentials, and again when it was not taken. */
export async function deliver(
  url: string,
  signedHeaders: () => Record<string, string>,
  body: string,
  signal: AbortSignal,
): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    const answer = await sendOnce(url, signedHeaders(), body, signal)
    if (answer.status !== 503 || tries === RESEND_TRIES) return answer
    await pause(RESEND_AFTER_MS, undefined, { signal })
  }
}

async function sendOnce(
  url: string,
  headers: Record<string, string>,
  body: string,
  signal: AbortSignal,
): Promise<Answer> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)])
  const { status, text } = await fetch(url, { method: 'POST', headers, body, signal: limit }).then(
    async (response) => ({ status: response.status, text: await response.text() }),
  )
  const answer = text === '' ? {} : JSON.parse(text)
  return status === 200
    ? { status, deliveryId: answer.data.deliveryId }
    : { status, deliveryId: null, error: answer.error ?? null }
}

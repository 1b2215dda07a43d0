import { AppError } from '../errors.ts'
import type { Told } from '../ports/platform-calls.ts'

type Trouble = Exclude<Told<never>, { outcome: 'ok' }>
const AGAIN_MS = 30_000

/** What the platform said, as the answer to a request: its words are those of the detail. */
export function errorOfTold(told: Trouble): AppError {
  const { message } = told
  if (told.outcome === 'unavailable') {
    return new AppError('PLATFORM_UNAVAILABLE', `The platform could not be reached (${message})`, {
      details: [{ path: '', message }],
      retryAfterMs: told.retryAfterMs ?? AGAIN_MS,
    })
  }
  const details = [{ path: told.path ?? '', message }]
  return told.refused === 'shop'
    ? new AppError('SHOP_MISMATCH', `These are the credentials of another shop (${message})`, { details })
    : new AppError('PLATFORM_REFUSED', `The platform refused it (${message})`, { details })
}

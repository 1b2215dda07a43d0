import type { Response } from 'express'
import { AppError } from '../../errors.ts'
import type { Rate, Taken } from './token-buckets.ts'

export function tooMany(what: string, { perSecond, burst }: Rate, { nextAfterMs }: Taken): AppError {
  const message = `Too many requests ${what}: ${perSecond} a second are allowed, ${burst} at once`
  return new AppError('TOO_MANY_REQUESTS', message, { retryAfterMs: nextAfterMs })
}

/** A bucket as a quota: `burst` requests in the time that it takes to fill. */
export function tell(response: Response, policy: string, { perSecond, burst }: Rate, taken: Taken): void {
  const windowS = Math.max(1, Math.ceil(burst / perSecond))
  const restoredS = Math.ceil((taken.ok ? taken.fullAfterMs : taken.nextAfterMs) / 1000)
  response.setHeader('RateLimit-Policy', `"${policy}";q=${burst};w=${windowS}`)
  response.setHeader('RateLimit', `"${policy}";r=${taken.remaining};t=${restoredS}`)
}

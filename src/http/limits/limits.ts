import type { IncomingHttpHeaders } from 'node:http'
import type { Request, RequestHandler, Response } from 'express'
import { AppError } from '../../errors.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Authenticate, Caller } from '../auth/caller.ts'
import { addressOf } from './address.ts'
import { tell, tooMany } from './answers.ts'
import { createCallerCount } from './callers.ts'
import { Guesses } from './guesses.ts'
import { Proven } from './proven.ts'
import { type Rate, type Taken, TokenBuckets } from './token-buckets.ts'

export interface LimitOptions {
  /** For each API key: its backend, and beside it all end users with its tokens together. */
  readonly perKey: Rate
  /** For each of these end users. */
  readonly perEndUser: Rate
  /** For each address: requests without credentials, or with wrong ones. */
  readonly perAddress: Rate
}

/**
 * The limits of so many requests a second: a key and an end user may save up two seconds of them, an address one. An end
 * user has a tenth of the key's without a number of its own.
 */
export function limitsOf(
  requestsPerKey: number,
  requestsPerAddress: number,
  requestsPerEndUser: number = Math.ceil(requestsPerKey / 10),
): LimitOptions {
  return {
    perEndUser: { perSecond: requestsPerEndUser, burst: 2 * requestsPerEndUser },
    perKey: { perSecond: requestsPerKey, burst: 2 * requestsPerKey },
    perAddress: { perSecond: requestsPerAddress, burst: requestsPerAddress },
  }
}

const DEFAULT_LIMITS = limitsOf(100, 20)

/** Some megabytes at most, of an attacker's addresses, of which there is any number. */
const MAX_ADDRESSES = 50_000

/**
 * How many requests this process serves, by who sends them. Counted in memory: behind several processes each allows
 * this much. Each answer carries `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-11).
 */
export interface Limits {
  /**
   * Finds out who calls and counts it; a failure counts for the address. Of wrong credentials for one key or account
   * from one address no more than the limit of an address are judged. @throws AppError TOO_MANY_REQUESTS,
   * UNAUTHENTICATED
   */
  authenticated(authenticate: Authenticate): (request: Request, response: Response) => Promise<Caller>
  /**
   * The same where the credentials lie in the address: `claim` names whose they are said to be, which is no secret, and
   * `judge` says whose they are. @throws AppError TOO_MANY_REQUESTS, UNAUTHENTICATED, what `judge` throws
   */
  vouched<C extends Caller>(
    claim: string,
    judge: () => Promise<C>,
    request: Request,
    response: Response,
  ): Promise<C>
  /** Counts a request that brings no credentials. @throws AppError TOO_MANY_REQUESTS */
  countAddress(request: Request, response: Response): void
  /** The same, for routes that ask for none. */
  readonly byAddress: RequestHandler
  /** For routes with credentials of their own: their 401s count. @throws AppError TOO_MANY_REQUESTS */
  readonly byFailures: RequestHandler
}

export function createLimits(
  clock: Clock,
  { perKey, perEndUser, perAddress }: LimitOptions = DEFAULT_LIMITS,
): Limits {
  const countCaller = createCallerCount(clock, perKey, perEndUser)
  const addresses = new TokenBuckets(perAddress, clock, MAX_ADDRESSES)
  const failures = new Guesses(addresses)
  const guesses = new Guesses(new TokenBuckets(perAddress, clock, MAX_ADDRESSES))
  const proven = new Proven()

  function countAddress(request: Request, response: Response): void {
    const taken = addresses.take(addressOf(request))
    tell(response, 'address', addresses.rate, taken)
    if (!taken.ok) throw tooManyFromAddress(taken)
  }

  function tooManyFromAddress(taken: Taken): AppError {
    return tooMany('without valid credentials from this address', addresses.rate, taken)
  }

  /** Asks who calls, unless too many guesses of this kind were wrong. @throws AppError TOO_MANY_REQUESTS */
  async function judged(authenticate: Authenticate, request: Request, response: Response): Promise<Caller> {
    const digest = proven.digestOf(request.headers)
    if (proven.has(digest)) return authenticate(request.headers)
    const caller = await guessed(
      claimOf(request.headers),
      () => authenticate(request.headers),
      request,
      response,
    )
    proven.note(digest, true)
    return caller
  }

  /** Judges unless too many guesses at this were wrong. @throws AppError TOO_MANY_REQUESTS, what `judge` throws */
  async function guessed<C>(
    claim: string,
    judge: () => Promise<C>,
    request: Request,
    response: Response,
  ): Promise<C> {
    const name = `${addressOf(request)} ${claim}`
    const guess = await guesses.begin(name)
    if (!guess.ok) {
      tell(response, 'address', addresses.rate, guess)
      throw tooManyFromAddress(guess)
    }
    let wasWrong = false
    try {
      return await judge()
    } catch (error) {
      wasWrong = isUnauthenticated(error)
      throw error
    } finally {
      guesses.end(name, !wasWrong)
    }
  }

  return {
    authenticated: (authenticate) => async (request, response) => {
      const caller = await judged(authenticate, request, response).catch((error: unknown) => {
        if (isUnauthenticated(error)) {
          proven.note(proven.digestOf(request.headers), false)
          countAddress(request, response)
        }
        throw error
      })
      countCaller(caller, response)
      return caller
    },
    async vouched(claim, judge, request, response) {
      const caller = await guessed(claim, judge, request, response).catch((error: unknown) => {
        if (isUnauthenticated(error)) countAddress(request, response)
        throw error
      })
      countCaller(caller, response)
      return caller
    },
    countAddress,
    byAddress(request, response, next) {
      countAddress(request, response)
      next()
    },
    async byFailures(request, response, next) {
      const address = addressOf(request)
      const guess = await failures.begin(address)
      if (!guess.ok) {
        tell(response, 'address', addresses.rate, guess)
        throw tooManyFromAddress(guess)
      }
      response.once('close', () => failures.end(address, response.statusCode !== 401))
      next()
    },
  }
}

function isUnauthenticated(error: unknown): boolean {
  return error instanceof AppError && error.status === 401
}

const MAX_CLAIM = 64

/** Whose credentials a request guesses at: names that are no secrets. */
function claimOf(headers: IncomingHttpHeaders): string {
  return String(headers['x-api-key'] ?? headers['x-account-id'] ?? '').slice(0, MAX_CLAIM)
}

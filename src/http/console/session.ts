import { type Request, type Response, Router } from 'express'
import type { z } from 'zod'
import { AppError } from '../../errors.ts'
import { bad, good, missing } from '../../read/values.ts'
import { type Act, type Actor, type AuditDeps, actEntry } from '../../users/audit.ts'
import { MAX_PASSWORD_CHARACTERS, MIN_PASSWORD_CHARACTERS } from '../../users/passwords.ts'
import { checkPassword, endSession, findSession, openSession, type Session } from '../../users/sessions.ts'
import {
  type ConsoleUser,
  changePassword,
  findUser,
  foldEmail,
  setPasswordByLink,
} from '../../users/users.ts'
import { SESSION_COOKIE, sessionTokenOf } from '../auth/cookie.ts'
import { readJsonBody } from '../body.ts'
import { contextOf } from '../context.ts'
import type { HttpDeps } from '../deps.ts'
import { instantJson, sendJson } from '../json/write-json.ts'
import { addressOf } from '../limits/address.ts'
import type { Limits } from '../limits/limits.ts'
import { checkCreate } from '../read/check.ts'
import { zEmail, zObject, zRead } from '../read/zod.ts'
import type { BodyBudget } from '../transport/body-budget.ts'
import { Attempts } from './attempts.ts'
import { isFromForeignPage, refuseForeignPage } from './roles.ts'

type SessionDeps = Pick<HttpDeps, 'store' | 'clock' | 'newId'> & AuditDeps

/** As it is typed: nothing is cut off. */
const zPassword = (min: number) =>
  zRead<string>(
    (value) => {
      if (missing(value)) return bad('is required')
      if (typeof value !== 'string') return bad('must be a text')
      const length = [...value].length
      return length >= min && length <= MAX_PASSWORD_CHARACTERS
        ? good(value)
        : bad(`must have ${min} to ${MAX_PASSWORD_CHARACTERS} characters, has ${length}`)
    },
    { type: 'string', minLength: min, maxLength: MAX_PASSWORD_CHARACTERS },
  )
const signInBody = zObject({ email: zEmail, password: zPassword(1) })
const newPasswordBody = zObject({
  token: zPassword(1).optional(),
  email: zEmail.optional(),
  oldPassword: zPassword(1).optional(),
  password: zPassword(MIN_PASSWORD_CHARACTERS),
})

/** `/console/session` and `/console/password`: signing in and out, and setting a password. */
export function createSessionRoutes(deps: SessionDeps, limits: Limits, bodies: BodyBudget): Router {
  const attempts = new Attempts(deps.clock)
  const router = Router({ caseSensitive: true })

  const bodyOf = async <T>(schema: z.ZodType<T>, request: Request, response: Response): Promise<T> => {
    const held = bodies.hold(`address ${addressOf(request)}`)
    response.once('close', held.release)
    return checkCreate(schema, await readJsonBody(request, held))
  }

  /** Counts a try for this address and e-mail, and judges it. @throws AppError TOO_MANY_REQUESTS, what `judge` throws */
  async function tried<T>(request: Request, email: string, judge: () => Promise<T>): Promise<T> {
    const name = `${addressOf(request)} ${foldEmail(email)}`
    const waitMs = attempts.begin(name)
    if (waitMs > 0) {
      throw new AppError(
        'TOO_MANY_REQUESTS',
        '5 wrong passwords within 15 minutes: wait, or have the password reset',
        {
          retryAfterMs: waitMs,
        },
      )
    }
    const result = await judge()
    attempts.clear(name)
    return result
  }

  async function signIn(request: Request, response: Response): Promise<void> {
    limits.countAddress(request, response)
    if (isFromForeignPage(request)) refuseForeignPage(request)
    const { email, password } = await bodyOf(signInBody, request, response)
    const user = await tried(request, email, () => checkPassword(deps, email, password)).catch(
      (error: unknown) => {
        // not waited for: the time of the answer must not tell who is known here
        void noteFailure(request, email).catch(() => {})
        throw error
      },
    )
    await start(request, response, user, 'sign_in')
    response.status(204).end()
  }

  async function noteFailure(request: Request, email: string): Promise<void> {
    const user = await findUser(deps.store, email)
    if (user !== null) await deps.store.commit([actEntry(deps, act(request, user, 'sign_in_failed'))])
  }

  async function start(
    request: Request,
    response: Response,
    user: ConsoleUser,
    action: string,
  ): Promise<void> {
    const { token } = await openSession(deps, user)
    await deps.store.commit([actEntry(deps, act(request, user, action))])
    contextOf(response).logFields.accountId = user.accountId
    setCookie(request, response, token)
  }

  async function signedIn(request: Request): Promise<Session & { readonly token: string }> {
    const token = sessionTokenOf(request.headers)
    const session = token === null ? null : await findSession(deps, token)
    if (token === null || session === null) throw new AppError('UNAUTHENTICATED', 'Nobody is signed in')
    return { ...session, token }
  }

  async function show(request: Request, response: Response): Promise<void> {
    const { user, expiresAt } = await signedIn(request).catch((error: unknown) => {
      limits.countAddress(request, response)
      throw error
    })
    const { id, email, role, accountId } = user
    sendJson(response, 200, {
      data: { user: { id, email, role, accountId }, expiresAt: instantJson(expiresAt) },
    })
  }

  async function signOut(request: Request, response: Response): Promise<void> {
    const token = sessionTokenOf(request.headers)
    const session = token === null ? null : await findSession(deps, token)
    if (token !== null && session !== null) {
      refuseForeignPage(request)
      await endSession(deps, token)
      await deps.store.commit([actEntry(deps, act(request, session.user, 'sign_out'))])
    } else limits.countAddress(request, response)
    response.clearCookie(SESSION_COOKIE, cookieOptions(request))
    response.status(204).end()
  }

  async function setPassword(request: Request, response: Response): Promise<void> {
    limits.countAddress(request, response)
    if (isFromForeignPage(request)) refuseForeignPage(request)
    const body = await bodyOf(newPasswordBody, request, response)
    const { token, email, oldPassword, password } = body
    if ((token === undefined) === (oldPassword === undefined)) {
      throw new AppError('INVALID_INPUT', 'Send token, from the link, or oldPassword: one of them')
    }
    const user =
      token === undefined
        ? await replaced(request, oldPassword!, password)
        : await linked(request, token, password, email)
    await start(request, response, user, 'set_password')
    response.status(204).end()
  }

  async function replaced(request: Request, oldPassword: string, password: string): Promise<ConsoleUser> {
    refuseForeignPage(request)
    const { user } = await signedIn(request)
    await tried(request, user.email, () => checkPassword(deps, user.email, oldPassword))
    return changePassword(deps, user, password)
  }

  function linked(request: Request, token: string, password: string, email?: string): Promise<ConsoleUser> {
    return tried(request, `link ${token.slice(0, 8)}`, () => setPasswordByLink(deps, token, password, email))
  }

  router.post('/console/session', signIn)
  router.get('/console/session', show)
  router.delete('/console/session', signOut)
  router.all('/console/session', refuseVerb(['GET', 'POST', 'DELETE']))
  router.post('/console/password', setPassword)
  router.all('/console/password', refuseVerb(['POST']))
  return router
}

function refuseVerb(allow: readonly string[]) {
  return ({ method }: Request): never => {
    throw new AppError('METHOD_NOT_ALLOWED', `${method} is not a verb of this address`, { allow: [...allow] })
  }
}

/** Something that the user does of whom it is told. */
function act(request: Request, user: ConsoleUser, action: string): Act {
  const actor: Actor = { kind: 'user', id: user.id, name: user.email, address: addressOf(request) }
  return { actor, accountId: user.accountId, action, slug: 'console_user', recordId: user.id }
}

function setCookie(request: Request, response: Response, token: string): void {
  response.cookie(SESSION_COOKIE, token, { ...cookieOptions(request), maxAge: 7 * 24 * 3_600_000 })
}

/** For this server alone, unseen by scripts; over TLS only where it is reached so. */
function cookieOptions(request: Request) {
  return { httpOnly: true, sameSite: 'lax', path: '/', secure: request.secure } as const
}

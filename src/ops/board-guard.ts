import type { NextFunction, Request, RequestHandler, Response } from 'express'
import type { QueueAct, QueueVisit } from '../ports/queue-visit.ts'
import { type GuardDeps, namesItsPage, type OperatorCredentials, operatorGuard } from './operator-guard.ts'

export interface BoardGuardDeps {
  /** null: nobody comes in by credentials of their own. */
  readonly operator: OperatorCredentials | null
  /** Without it nobody has to wait after wrong passwords. */
  readonly guard?: GuardDeps | undefined
  /** Who is signed in to the console; without it only operators come in. @throws AppError STORE_UNAVAILABLE */
  readonly visit?: ((request: Request) => Promise<QueueVisit>) | undefined
}

/** `?operator` asks for the operator's credentials though somebody is signed in. */
const AS_OPERATOR = 'operator'
const READING = ['GET', 'HEAD', 'OPTIONS']
const ACTIONS = [
  ...['add', 'clean', 'concurrency', 'delay', 'empty', 'obliterate', 'pause', 'priority', 'promote', 'purge'],
  ...['rate-limit', 'remove', 'remove-unprocessed-children', 'resume', 'retry', 'run', 'update-data'],
]

/**
 * Lets the operator in by HTTP Basic, and whoever may by the session of the console. Credentials that are sent decide
 * alone; by a session something is changed only from pages of this server, and what was changed is written down. Where
 * there is a session to be had, a browser without one is led to the sign-in, and programs are asked for credentials.
 */
export function boardGuard({ operator, guard, visit }: BoardGuardDeps): RequestHandler {
  const asOperator = operator === null ? null : operatorGuard(operator, guard)
  return async (request, response, next) => {
    const isOperators = request.headers.authorization !== undefined || asksForOperator(request.url)
    if (asOperator !== null && (isOperators || visit === undefined))
      return asOperator(request, response, next)
    const found: QueueVisit = visit === undefined ? { kind: 'nobody' } : await visit(request)
    if (found.kind === 'let in') return letIn(request, response, next, found.note)
    if (found.kind === 'refused') return sendWords(response, 403, found.message, asOperator !== null)
    if (visit !== undefined && isNavigation(request))
      return leadToSignIn(request, response, asOperator !== null)
    if (asOperator !== null) return asOperator(request, response, next)
    sendWords(response, 401, 'Sign in to the console as an owner, then open this page again.', false)
  }
}

function letIn(
  request: Request,
  response: Response,
  next: NextFunction,
  note: (act: QueueAct) => Promise<void>,
): void {
  if (READING.includes(request.method)) {
    next()
    return
  }
  // a cookie comes along by itself: unlike credentials that are typed, it needs a browser's word for where it comes from
  if (!namesItsPage(request)) {
    response.status(403).type('text/plain').send('This request does not say which page it came from.\n')
    return
  }
  const act = actOf(request.path)
  response.once('finish', () => {
    if (response.statusCode < 400) void note(act)
  })
  next()
}

function asksForOperator(url: string): boolean {
  return new URLSearchParams(url.split('?', 2)[1]).has(AS_OPERATOR)
}

/** Whether somebody opens a page in a browser: programs, and the scripts of a page, ask for something else. */
function isNavigation({ method, headers }: Request): boolean {
  return method === 'GET' && /\btext\/html\b/i.test(headers.accept ?? '')
}

/** To the sign-in of the console, which leads back here; relative, so that it also works below a prefix. */
function leadToSignIn({ originalUrl }: Request, response: Response, isForOperatorToo: boolean): void {
  const up = '../'.repeat(originalUrl.split('?', 1)[0]!.split('/').length - 2)
  const query = `next=${encodeURIComponent(originalUrl)}${isForOperatorToo ? `&${AS_OPERATOR}=` : ''}`
  response.setHeader('Cache-Control', 'no-store').redirect(302, `${up}console?${query}`)
}

/** `/api/queues/activity/pause`, `/api/queues/activity/act-1/retry/failed`, `/api/queues/pause` */
function actOf(path: string): QueueAct {
  const [, named = '', ...rest] = path.split('/').slice(2)
  const action = [...rest.toReversed(), named].find((part) => ACTIONS.includes(part))
  return { action: action ?? 'change', queue: rest.length === 0 ? null : named }
}

function sendWords(response: Response, status: 401 | 403, message: string, isForOperatorToo: boolean): void {
  const asOperator = `<p>Whoever runs this server <a href="/ops/queues?${AS_OPERATOR}">comes in by the operator’s credentials</a>.</p>\n`
  const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>The queues</title>
<h1>The queues</h1>
<p>${message}</p>
${isForOperatorToo ? asOperator : ''}<p><a href="/console">The console</a></p>
</html>
`
  response
    .status(status)
    .setHeader('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'")
    .setHeader('Cache-Control', 'no-store')
    .type('text/html')
    .send(page)
}

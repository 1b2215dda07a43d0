import { type NextFunction, type Request, type RequestHandler, type Response, Router } from 'express'
import { onlyIf } from '../commit/precondition.ts'
import { AppError, invalid } from '../errors.ts'
import { readUuid } from '../read/values.ts'
import { recordNotFound } from '../setup/change-row.ts'
import { actAs, actEntry } from '../users/audit.ts'
import type { Caller } from './auth/caller.ts'
import { createAuthenticate } from './auth.ts'
import { readJsonBody } from './body.ts'
import { contextOf } from './context.ts'
import { createEndUserCors, type EndUserCors, isPreflight } from './cors.ts'
import type { HttpDeps } from './deps.ts'
import { entityTag, readIfMatch } from './entity-tag.ts'
import { notFoundHandler } from './error-handler.ts'
import { type Json, type JsonObject, sendJson } from './json/write-json.ts'
import type { Limits } from './limits/limits.ts'
import { closedToEndUsers } from './list/end-user.ts'
import { readParameters, refuseParameters } from './list/query.ts'
import type { AdminCall, Call, Served, Verb } from './resource.ts'
import { actOf, asAdmin, idsOf, refuseEndUser, refuseUser } from './schema-callers.ts'
import type { BodyBudget } from './transport/body-budget.ts'
import { sendPieces } from './transport/send-pieces.ts'

const LIST_VERBS: Readonly<Record<string, Verb>> = { GET: 'list', HEAD: 'list', POST: 'create' }
const RECORD_VERBS: Readonly<Record<string, Verb>> = {
  GET: 'get',
  HEAD: 'get',
  PATCH: 'patch',
  DELETE: 'delete',
}
const METHOD_OF: Readonly<Record<Verb, string>> = {
  list: 'GET',
  create: 'POST',
  get: 'GET',
  patch: 'PATCH',
  delete: 'DELETE',
}

type SchemaDeps = Pick<HttpDeps, 'store' | 'secretBox' | 'clock' | 'newId'>

/** `/schema/{slug}/record` and `/schema/{slug}/record/{id}` for every resource. */
export function createSchemaRouter(
  deps: SchemaDeps,
  resources: readonly Served[],
  limits: Limits,
  bodies: BodyBudget,
): Router {
  const bySlug = new Map(resources.map((resource) => [resource.slug, resource]))
  const authenticate = limits.authenticated(createAuthenticate(deps))
  const { clock, store, newId } = deps
  const serving = { bySlug, authenticate, limits, cors: createEndUserCors(deps), clock, store, newId, bodies }
  const router = Router({ caseSensitive: true })
  router.all('/schema/:slug/record', serve(serving, LIST_VERBS, '/schema/{slug}/record'))
  router.all('/schema/:slug/record/:id', serve(serving, RECORD_VERBS, '/schema/{slug}/record/{id}'))
  router.all('/schema/:slug/record/:id/:action', serveAction(serving))
  router.all('/schema/:slug/:action', serveBulkAction(serving))
  // who calls comes before whether there is something at the address
  router.use('/schema', async (request, response, next) => {
    await authenticate(request, response)
    notFoundHandler(request, response, next)
  })
  return router
}

interface Serving {
  readonly bySlug: ReadonlyMap<string, Served>
  readonly authenticate: (request: Request, response: Response) => Promise<Caller>
  readonly limits: Limits
  readonly cors: EndUserCors
  readonly clock: HttpDeps['clock']
  readonly bodies: BodyBudget
  readonly store: HttpDeps['store']
  readonly newId: HttpDeps['newId']
}

/** Checks in the order of the contract: the address, who calls, whether the verb is allowed, and only then the rest. */
function serve(
  { bySlug, authenticate, limits, cors, clock, bodies }: Serving,
  verbs: Readonly<Record<string, Verb>>,
  pattern: string,
): RequestHandler {
  return async (request: Request, response: Response, next: NextFunction) => {
    const resource = bySlug.get(String(request.params.slug))
    if (resource === undefined) return next()
    const context = contextOf(response)
    context.route = pattern.replace('{slug}', resource.slug)
    if (resource.endUser !== undefined) {
      if (isPreflight(request)) {
        limits.countAddress(request, response)
        return cors.answerPreflight(request, response)
      }
      await cors.mark(request, response)
    }
    const caller = await authenticate(request, response)
    Object.assign(context.logFields, idsOf(caller, request.method))
    if (caller.kind === 'end_user') refuseEndUser(resource, verbs, request.method)
    else refuseUser(caller, resource, request)
    const verb = allowedVerb(resource, verbs, request.method)
    const log: Call['log'] = (fields) => Object.assign(context.logFields, fields)
    const tag = (revision: number) => {
      if (caller.kind === 'admin') response.setHeader('ETag', entityTag(revision))
    }
    const call: Call = { caller, now: clock.now(), log, tag }
    const readJson = () => bodyOf(bodies, call, request, response)
    const doing = () => answer(resource, verb, call, readJson, request, response)
    const isRead = verb === 'list' || verb === 'get'
    if (caller.kind !== 'admin' || isRead) return doing()
    const id = request.params.id === undefined ? null : String(request.params.id).toLowerCase()
    await actAs(actOf(caller, request, resource, verb, id), doing)
  }
}

/** What a backend can do to a record beside the verbs, and read of it. */
function serveAction(serving: Serving): RequestHandler {
  return async (request: Request, response: Response, next: NextFunction) => {
    const resource = serving.bySlug.get(String(request.params.slug))
    const name = String(request.params.action)
    const reading = ownOf(resource?.readings, name)
    if (resource !== undefined && reading !== undefined) {
      contextOf(response).route = `/schema/${resource.slug}/record/{id}/${name}`
      const call = await actingCall(serving, resource, name, request, response, 'GET')
      refuseParameters(searchOf(request.url))
      const id = recordId(resource, String(request.params.id))
      const entry = actEntry(serving, actOf(call.caller, request, resource, name, id))
      return sendPieces(response, reading.read(call, id), () => serving.store.commit([entry]))
    }
    const action = ownOf(resource?.actions, name)
    if (resource === undefined || action === undefined) return next()
    contextOf(response).route = `/schema/${resource.slug}/record/{id}/${name}`
    const call = await actingCall(serving, resource, name, request, response)
    const id = recordId(resource, String(request.params.id))
    const isEmpty = action.mayBeEmpty === true && !hasBody(request)
    const body = isEmpty ? {} : await bodyOf(serving.bodies, call, request, response, action.maxBodyBytes)
    const act = actOf(call.caller, request, resource, name, id)
    const answered = await actAs(act, () => action.run(call, id, body))
    sendJson(response, action.status, action.beside === undefined ? { data: answered } : asObject(answered))
  }
}

function hasBody({ headers }: Request): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

function asObject(answered: Json): JsonObject {
  return answered as JsonObject
}

/** What a backend can do to many records at once, and what it can ask of them. */
function serveBulkAction(serving: Serving): RequestHandler {
  return async (request: Request, response: Response, next: NextFunction) => {
    const resource = serving.bySlug.get(String(request.params.slug))
    const name = String(request.params.action)
    const question = ownOf(resource?.questions, name)
    if (resource !== undefined && question !== undefined) {
      contextOf(response).route = `/schema/${resource.slug}/${name}`
      const call = await actingCall(serving, resource, name, request, response, 'GET')
      const names = Object.keys(question.parameters)
      const given = readParameters(searchOf(request.url), names, `a parameter of ${name}`)
      return sendJson(response, 200, { data: await question.run(call, given) })
    }
    const action = ownOf(resource?.bulkActions, name)
    if (resource === undefined || action === undefined) return next()
    contextOf(response).route = `/schema/${resource.slug}/${name}`
    const call = await actingCall(serving, resource, name, request, response)
    const body = await bodyOf(serving.bodies, call, request, response)
    const act = actOf(call.caller, request, resource, name, null)
    const data = await actAs(act, () => action.run(call, body))
    sendJson(response, action.status, { data })
  }
}

function ownOf<T>(actions: Readonly<Record<string, T>> = {}, name: string): T | undefined {
  return Object.hasOwn(actions, name) ? actions[name] : undefined
}

/** @throws AppError UNAUTHENTICATED, FORBIDDEN, METHOD_NOT_ALLOWED, INVALID_INPUT */
async function actingCall(
  { authenticate, clock }: Serving,
  resource: Served,
  name: string,
  request: Request,
  response: Response,
  method: 'GET' | 'POST' = 'POST',
): Promise<AdminCall> {
  const context = contextOf(response)
  const caller = await authenticate(request, response)
  Object.assign(context.logFields, idsOf(caller, request.method))
  if (caller.kind === 'end_user') throw closedToEndUsers(resource.noun)
  refuseUser(caller, resource, request, name)
  if (request.method !== method && !(method === 'GET' && request.method === 'HEAD')) {
    throw new AppError('METHOD_NOT_ALLOWED', `${request.method} is not a verb of a ${name}`, {
      allow: [method],
    })
  }
  if (method === 'POST') refuseParameters(searchOf(request.url))
  const log: Call['log'] = (fields) => Object.assign(context.logFields, fields)
  return { caller, now: clock.now(), log }
}

/** The body of a request; it counts as held until the answer is out. @throws as `readJsonBody` */
function bodyOf(
  bodies: BodyBudget,
  { caller }: Call,
  request: Request,
  response: Response,
  maxBytes?: number,
): Promise<unknown> {
  const held = bodies.hold(`account ${caller.accountId}`)
  response.once('close', held.release)
  return readJsonBody(request, held, maxBytes)
}

async function answer(
  resource: Served,
  verb: Verb,
  call: Call,
  readJson: () => Promise<unknown>,
  request: Request,
  response: Response,
): Promise<void> {
  const search = searchOf(request.url)
  if (verb === 'list') return sendJson(response, 200, { ...(await built(resource.list)(call, search)) })
  refuseParameters(search)
  if (verb === 'create') {
    const data = await built(resource.create)(asAdmin(resource, call), await readJson())
    return sendJson(response, 201, { data })
  }
  const id = recordId(resource, String(request.params.id))
  if (verb === 'get') {
    const record = await built(resource.get)(call, id)
    if (record === null) throw recordNotFound(resource.noun)
    return sendJson(response, 200, { data: record })
  }
  if (verb === 'patch') {
    const expected = expectedOf(resource, request)
    const body = await readJson()
    const patch = () => built(resource.patch)(asAdmin(resource, call), id, body)
    const { result: data, revision } = await onlyIf(id, expected, patch)
    if (resource.isTagged === true && revision !== null) call.tag?.(revision)
    return sendJson(response, 200, { data })
  }
  await built(resource.remove)(asAdmin(resource, call), id)
  response.status(204).end()
}

/** @throws AppError INVALID_INPUT, also where nobody would look at it */
function expectedOf({ isTagged, noun }: Served, { headers }: Request): readonly number[] | null {
  const header = headers['if-match']
  if (header !== undefined && isTagged !== true) {
    throw invalid('If-Match', `is not taken where a ${noun} is changed`)
  }
  return readIfMatch(header)
}

function built<T>(handler: T | undefined): T {
  if (handler === undefined) throw new Error('a resource allows a verb that it does not serve')
  return handler
}

function verbOf(verbs: Readonly<Record<string, Verb>>, method: string): Verb | undefined {
  return Object.hasOwn(verbs, method) ? verbs[method] : undefined
}

function allowedVerb(resource: Served, verbs: Readonly<Record<string, Verb>>, method: string): Verb {
  const verb = verbOf(verbs, method)
  if (verb !== undefined && resource.allows.includes(verb)) return verb
  const known = Object.values(verbs).filter((candidate) => resource.allows.includes(candidate))
  const allow = [...new Set(known.map((candidate) => METHOD_OF[candidate]))]
  const reason =
    verb === undefined
      ? `${method} is not a verb of ${verbs === LIST_VERBS ? 'a list' : 'a record'}`
      : (resource.refuses[verb] ?? `${verb} of a ${resource.noun} is not built yet`)
  throw new AppError('METHOD_NOT_ALLOWED', reason, { allow })
}

function recordId(resource: Served, text: string): string {
  const id = readUuid(text)
  if (!id.ok) throw recordNotFound(resource.noun)
  return id.value
}

function searchOf(url: string): string {
  const at = url.indexOf('?')
  return at === -1 ? '' : url.slice(at + 1)
}

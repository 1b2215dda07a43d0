import { type NextFunction, type Request, type RequestHandler, type Response, Router } from 'express'
import { AppError } from '../errors.ts'
import { type Authenticate, createAuthenticate } from './auth.ts'
import { readJsonBody } from './body.ts'
import { recordNotFound } from './change-row.ts'
import { contextOf } from './context.ts'
import type { HttpDeps } from './deps.ts'
import type { Json } from './json/write-json.ts'
import { sendJson } from './json/write-json.ts'
import { refuseParameters } from './list/query.ts'
import { readUuid } from './read/values.ts'
import type { Call, Served, Verb } from './resource.ts'

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

type SchemaDeps = Pick<HttpDeps, 'store' | 'secretBox' | 'clock'>

/** `/schema/{slug}/record` and `/schema/{slug}/record/{id}` for every resource. */
export function createSchemaRouter(deps: SchemaDeps, resources: readonly Served[]): Router {
  const bySlug = new Map(resources.map((resource) => [resource.slug, resource]))
  const authenticate = createAuthenticate(deps)
  const router = Router({ caseSensitive: true })
  router.all('/schema/:slug/record', serve(deps, bySlug, authenticate, LIST_VERBS, '/schema/{slug}/record'))
  router.all(
    '/schema/:slug/record/:id',
    serve(deps, bySlug, authenticate, RECORD_VERBS, '/schema/{slug}/record/{id}'),
  )
  return router
}

/** Checks in the order of the contract: the address, who calls, whether the verb is allowed, and only then the rest. */
function serve(
  deps: SchemaDeps,
  bySlug: ReadonlyMap<string, Served>,
  authenticate: Authenticate,
  verbs: Readonly<Record<string, Verb>>,
  pattern: string,
): RequestHandler {
  return async (request: Request, response: Response, next: NextFunction) => {
    const resource = bySlug.get(String(request.params.slug))
    if (resource === undefined) return next()
    const context = contextOf(response)
    context.route = pattern.replace('{slug}', resource.slug)
    const caller = await authenticate(request.headers)
    context.logFields.accountId = caller.accountId
    const verb = allowedVerb(resource, verbs, request.method)
    const log: Call['log'] = (fields) => Object.assign(context.logFields, fields)
    const call: Call = { caller, now: deps.clock.now(), log }
    await answer(resource, verb, call, request, response)
  }
}

async function answer(
  resource: Served,
  verb: Verb,
  call: Call,
  request: Request,
  response: Response,
): Promise<void> {
  const search = searchOf(request.url)
  if (verb === 'list') return sendJson(response, 200, { ...(await built(resource.list)(call, search)) })
  refuseParameters(search)
  if (verb === 'create') {
    const data = await built(resource.create)(call, await readJsonBody(request))
    return sendJson(response, 201, { data })
  }
  const id = recordId(resource, String(request.params.id))
  if (verb === 'get') {
    const record = await built(resource.get)(call, id)
    if (record === null) throw recordNotFound(resource.noun)
    return sendJson(response, 200, { data: record })
  }
  if (verb === 'patch') {
    const data: Json = await built(resource.patch)(call, id, await readJsonBody(request))
    return sendJson(response, 200, { data })
  }
  await built(resource.remove)(call, id)
  response.status(204).end()
}

function built<T>(handler: T | undefined): T {
  if (handler === undefined) throw new Error('a resource allows a verb that it does not serve')
  return handler
}

function allowedVerb(resource: Served, verbs: Readonly<Record<string, Verb>>, method: string): Verb {
  const verb = Object.hasOwn(verbs, method) ? verbs[method] : undefined
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

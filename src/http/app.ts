import express, { type Express } from 'express'
import helmet from 'helmet'
import { requestContext } from './context.ts'
import type { HttpDeps } from './deps.ts'
import { errorHandler, notFoundHandler } from './error-handler.ts'
import { healthz, readyz } from './health.ts'
import { createReference } from './openapi/reference.ts'
import { createResources } from './resources.ts'
import { createSchemaRouter } from './schema-router.ts'
import { WEBHOOK_PATH, webhookHandler, webhookMethodNotAllowed } from './webhooks.ts'

/** The HTTP side of Streakline, given everything it works with. */
export function createHttpApp(deps: HttpDeps): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('query parser', false)
  app.set('case sensitive routing', true)

  app.use(requestContext(deps.logger, deps.newId))
  // first and bare: platforms drop subscriptions that answer slowly
  app.post(WEBHOOK_PATH, webhookHandler(deps))
  app.all(WEBHOOK_PATH, webhookMethodNotAllowed)
  app.get('/healthz', healthz)
  app.get('/readyz', readyz(deps))

  if (deps.opsRouter !== undefined) app.use(pageHeaders(), deps.opsRouter)
  const resources = createResources(deps)
  app.use(createReference(resources))
  app.use(apiHeaders())
  const schema = createSchemaRouter(deps, resources)
  app.use(schema)
  app.use('/api/v1.0', schema)
  app.use(notFoundHandler)
  app.use(errorHandler(deps.logger))
  return app
}

/** Answers of the API are data: nothing in them may run, be framed or be kept by a cache. */
function apiHeaders() {
  const headers = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  })
  return [
    headers,
    (_request: express.Request, response: express.Response, next: express.NextFunction) => {
      response.setHeader('Cache-Control', 'no-store')
      next()
    },
  ]
}

/** Pages for operators load their own scripts and styles, also over plain HTTP inside a private network. */
function pageHeaders() {
  return helmet({ contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } })
}

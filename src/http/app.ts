import express, { type Express, type RequestHandler } from 'express'
import { CALLBACK_PATH, consentCallback } from './consent-page.ts'
import { createConsolePages } from './console/pages.ts'
import { createPretendShopRoutes } from './console/pretend-shops.ts'
import { createSessionRoutes } from './console/session.ts'
import { requestContext, requireHost } from './context.ts'
import type { HttpDeps } from './deps.ts'
import { errorHandler, notFoundHandler } from './error-handler.ts'
import { apiHeaders, bareHeaders, pageHeaders } from './headers.ts'
import { healthz, readyz, refuseOtherVerbs } from './health.ts'
import { createLimits } from './limits/limits.ts'
import { createReference } from './openapi/reference.ts'
import { createAppProxy } from './proxy/app-proxy.ts'
import { createResources } from './resources.ts'
import { createSchemaRouter } from './schema-router.ts'
import { BodyBudget } from './transport/body-budget.ts'
import {
  MAX_WEBHOOK_BYTES,
  SHOP_WEBHOOK_PATH,
  shopWebhookHandler,
  WEBHOOK_PATH,
  webhookHandler,
  webhookMethodNotAllowed,
} from './webhooks.ts'
import { createWidgetRoutes } from './widget/routes.ts'

const BODY_BUDGET_BYTES = 64 * 1024 * 1024

/** The HTTP side of Streakline, given everything it works with. */
export function createHttpApp(deps: HttpDeps): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('query parser', false)
  app.set('case sensitive routing', true)
  app.set('trust proxy', deps.trustProxyHops ?? 0)
  const limits = createLimits(deps.clock, deps.limits)
  const bodies = new BodyBudget(deps.bodyBudgetBytes ?? BODY_BUDGET_BYTES, MAX_WEBHOOK_BYTES)

  app.use(requestContext(deps.logger, deps.newId), bareHeaders, requireHost)
  // first and bare: platforms drop subscriptions that answer slowly
  app.post(WEBHOOK_PATH, webhookHandler(deps, bodies))
  app.all(WEBHOOK_PATH, webhookMethodNotAllowed)
  app.post(SHOP_WEBHOOK_PATH, shopWebhookHandler(deps, bodies))
  app.all(SHOP_WEBHOOK_PATH, webhookMethodNotAllowed)
  app.all(CALLBACK_PATH, limits.byAddress, consentCallback(deps))
  app.route('/healthz').get(healthz).all(refuseOtherVerbs)
  app.route('/readyz').get(readyz(deps)).all(refuseOtherVerbs)

  app.use(below(['/ops', '/metrics'], limits.byFailures))
  if (deps.opsRouter !== undefined) app.use(pageHeaders, deps.opsRouter)
  const resources = createResources(deps)
  app.use(below(['/docs', '/openapi.json', '/api/v1.0/openapi.json'], limits.byAddress))
  if (deps.servesReference !== false) app.use(createReference(resources))
  app.use(createWidgetRoutes(limits))
  app.use(apiHeaders)
  app.use(createAppProxy(deps, limits))
  app.use(createSessionRoutes(deps, limits, bodies))
  app.use(createPretendShopRoutes(deps, limits))
  app.use(createConsolePages())
  const schema = createSchemaRouter(deps, resources, limits, bodies)
  app.use(schema)
  app.use('/api/v1.0', schema)
  app.use(limits.byAddress, notFoundHandler)
  app.use(errorHandler(deps.logger))
  return app
}

/** A handler for these addresses and all below them, in any case: the routers behind it may not care. */
function below(addresses: readonly string[], handler: RequestHandler): RequestHandler {
  return (request, response, next) => {
    const path = request.path.toLowerCase()
    const isBelow = addresses.some((address) => path === address || path.startsWith(`${address}/`))
    return isBelow ? handler(request, response, next) : next()
  }
}

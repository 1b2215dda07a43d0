import express, { type Router } from 'express'
import type { PrometheusMetrics } from './metrics.ts'
import { type OperatorCredentials, operatorGuard, tokenMatches } from './operator-guard.ts'

export const METRICS_PATH = '/metrics'

export interface MetricsPageDeps {
  readonly metrics: Pick<PrometheusMetrics, 'contentType' | 'text'>
  readonly operator: OperatorCredentials | null
  /** Taken as `Authorization: Bearer …`, for who gathers metrics and should see nothing else. */
  readonly token: string | null
}

/** `/metrics`, for the token or the operator; without either of them there is nothing. */
export function createMetricsPage({ metrics, operator, token }: MetricsPageDeps): Router {
  const router = express.Router()
  const guard = operator === null ? null : operatorGuard(operator)
  if (guard === null && token === null) return router
  router.get(
    METRICS_PATH,
    (request, response, next) => {
      if (token !== null && tokenMatches(request.headers.authorization, token)) return next()
      if (guard !== null) return guard(request, response, next)
      response.setHeader('WWW-Authenticate', 'Bearer realm="Streakline metrics"')
      response.status(401).type('text/plain').send('The token for metrics is required.\n')
    },
    async (_request, response) => {
      response.setHeader('Cache-Control', 'no-store')
      response.type(metrics.contentType).send(await metrics.text())
    },
  )
  return router
}

import type { RequestHandler } from 'express'
import { AppError } from '../errors.ts'
import type { Headers } from '../ports/connector.ts'
import { readUuid } from '../read/values.ts'
import { readBody } from './body.ts'
import { contextOf } from './context.ts'
import type { HttpDeps } from './deps.ts'
import { sendJson } from './json/write-json.ts'
import type { BodyBudget } from './transport/body-budget.ts'

export const WEBHOOK_PATH = '/webhooks/:platform/:connectorId'
export const MAX_WEBHOOK_BYTES = 8 * 1024 * 1024

/**
 * Hands the raw bytes of a webhook to the inbox; nothing is parsed here. Answers in the order of the contract:
 * 404 unknown connector, 413, 401, 415, 200.
 */
export function webhookHandler({ inbox }: Pick<HttpDeps, 'inbox'>, bodies: BodyBudget): RequestHandler {
  return async (request, response) => {
    const context = contextOf(response)
    context.route = '/webhooks/{platform}/{connectorId}'
    const platform = String(request.params.platform)
    const id = readUuid(request.params.connectorId)
    if (!id.ok) throw unknownConnector()
    const connectorId = id.value
    context.logFields.connectorId = connectorId
    // before anything of it is held: anybody can make up an address
    if (!(await inbox.knows(connectorId, platform))) throw unknownConnector()
    const held = bodies.hold(`connector ${connectorId}`)
    response.once('close', held.release)
    const rawBody = await readBody(request, MAX_WEBHOOK_BYTES, held)
    if (rawBody === 'too_large') {
      throw new AppError('BODY_TOO_LARGE', `The body is larger than ${MAX_WEBHOOK_BYTES} bytes (8 MiB)`)
    }
    // only set-cookie would be a list, and no caller sends that
    const headers = request.headers as Headers
    const result = await inbox.accept({
      platform,
      connectorId,
      headers,
      rawBody,
      requestId: context.requestId,
    })
    switch (result.outcome) {
      case 'stored':
      case 'already_stored':
        context.logFields.deliveryId = result.deliveryId
        context.logFields.outcome = result.outcome
        return sendJson(response, 200, { data: { deliveryId: result.deliveryId } })
      case 'pinged':
        context.logFields.outcome = result.outcome
        return sendJson(response, 200, { data: { deliveryId: null } })
      case 'unknown_connector':
        throw unknownConnector()
      case 'refused':
        context.logFields.reason = result.reason
        throw new AppError('SIGNATURE_INVALID', result.message, {
          details: [{ path: '', message: result.reason }],
        })
      case 'not_json':
        throw new AppError('NOT_JSON', 'The signature is right, but the body is not JSON')
    }
  }
}

function unknownConnector(): AppError {
  return new AppError('NOT_FOUND', 'There is no connector at this address')
}

/** Webhooks are posted; nothing else is. */
export const webhookMethodNotAllowed: RequestHandler = () => {
  throw new AppError('METHOD_NOT_ALLOWED', 'Webhooks are delivered with POST', { allow: ['POST'] })
}

import type { Request, RequestHandler, Response } from 'express'
import { AppError } from '../errors.ts'
import type { AcceptResult } from '../inbox/types.ts'
import type { Headers } from '../ports/connector.ts'
import { readUuid } from '../read/values.ts'
import { readBody } from './body.ts'
import { contextOf } from './context.ts'
import type { HttpDeps } from './deps.ts'
import { sendJson } from './json/write-json.ts'
import type { BodyBudget } from './transport/body-budget.ts'

export const WEBHOOK_PATH = '/webhooks/:platform/:connectorId'
export const SHOP_WEBHOOK_PATH = '/webhooks/:platform'
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
    const webhook = await readWebhook(request, response, bodies, `connector ${connectorId}`)
    answerWith(response, await inbox.accept({ ...webhook, platform, connectorId }))
  }
}

/**
 * The same for an app with one address for all shops: which connectors are meant, a header says. Whatever is wrong with
 * it is a 401 in the same words, so that nobody learns which shops there are.
 */
export function shopWebhookHandler(
  { inbox, connectors }: Pick<HttpDeps, 'inbox' | 'connectors'>,
  bodies: BodyBudget,
): RequestHandler {
  return async (request, response) => {
    const context = contextOf(response)
    context.route = '/webhooks/{platform}'
    const platform = String(request.params.platform)
    if (connectors.get(platform)?.site?.header === undefined) {
      throw new AppError('NOT_FOUND', 'There is nothing at this address')
    }
    const webhook = await readWebhook(request, response, bodies, `all shops of ${platform}`)
    answerWith(response, await inbox.acceptOfShop({ ...webhook, platform }))
  }
}

async function readWebhook(request: Request, response: Response, bodies: BodyBudget, holder: string) {
  const held = bodies.hold(holder)
  response.once('close', held.release)
  const rawBody = await readBody(request, MAX_WEBHOOK_BYTES, held)
  if (rawBody === 'too_large') {
    throw new AppError('BODY_TOO_LARGE', `The body is larger than ${MAX_WEBHOOK_BYTES} bytes (8 MiB)`)
  }
  // only set-cookie would be a list, and no caller sends that
  const headers = request.headers as Headers
  return { headers, rawBody, requestId: contextOf(response).requestId }
}

function answerWith(response: Response, result: AcceptResult): void {
  const { logFields } = contextOf(response)
  switch (result.outcome) {
    case 'stored':
    case 'already_stored':
      logFields.deliveryId = result.deliveryId
      logFields.outcome = result.outcome
      sendJson(response, 200, { data: { deliveryId: result.deliveryId } })
      return
    case 'pinged':
      logFields.outcome = result.outcome
      sendJson(response, 200, { data: { deliveryId: null } })
      return
    case 'unknown_connector':
      throw unknownConnector()
    case 'refused':
      logFields.reason = result.reason
      throw new AppError('SIGNATURE_INVALID', result.message, {
        details: [{ path: '', message: result.reason }],
      })
    case 'not_json':
      throw new AppError('NOT_JSON', 'The signature is right, but the body is not JSON')
  }
}

function unknownConnector(): AppError {
  return new AppError('NOT_FOUND', 'There is no connector at this address')
}

/** Webhooks are posted; nothing else is. */
export const webhookMethodNotAllowed: RequestHandler = () => {
  throw new AppError('METHOD_NOT_ALLOWED', 'Webhooks are delivered with POST', { allow: ['POST'] })
}

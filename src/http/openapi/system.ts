import type { JsonSchema } from '../json/json-schema.ts'
import { answered, object } from './answers.ts'
import { errorResponses, errorSchema } from './errors.ts'

const upOrDown = { type: 'string', enum: ['up', 'down'] }
const zoneData = {
  type: 'string',
  description: 'The version of the time zone data by which days begin.',
  example: '2026f',
}
const readiness = object({ store: upOrDown, redis: upOrDown, zoneData })
const errorOf = (errorSchema.properties as Record<string, JsonSchema>).error ?? {}

/** What is no HTTP is refused at every address. */
const broken = errorResponses(['INVALID_INPUT'])

const platform = {
  name: 'platform',
  in: 'path',
  required: true,
  description: 'As on the connector.',
  schema: { type: 'string' },
} as const
const connectorId = {
  name: 'connectorId',
  in: 'path',
  required: true,
  description: 'The connector.',
  schema: { type: 'string', format: 'uuid' },
} as const
const webhookBody = {
  required: true,
  description: 'As the platform signed it, at most 8 MiB.',
  content: { 'application/json': { schema: { type: 'object' } } },
} as const

function stored(description: string, deliveryId: JsonSchema): JsonSchema {
  return answered(description, object({ data: object({ deliveryId }) }))
}

const webhookErrors = errorResponses([
  'INVALID_INPUT',
  'SIGNATURE_INVALID',
  'NOT_FOUND',
  'BODY_TOO_LARGE',
  'NOT_JSON',
  'INTERNAL',
  'OVERLOADED',
  'SECRET_UNREADABLE',
  'STORE_BUSY',
  'STORE_UNAVAILABLE',
])

/** What is not a record: webhooks of platforms, and what tells whether the program is well. */
export const systemPaths: Readonly<Record<string, JsonSchema>> = {
  '/webhooks/{platform}/{connectorId}': {
    parameters: [platform, connectorId],
    post: {
      operationId: 'receiveWebhook',
      tags: ['Webhooks'],
      summary: 'Receive a webhook of a platform',
      description:
        'Platforms send here; give them the `webhookPath` of a connector. The signature over the raw body is all that counts. 200 once the delivery is on disk, whatever becomes of it then: the `delivery` tells. `deliveryId` is `null` for a ping that only asks if anybody is there. No rate limit.',
      security: [],
      requestBody: webhookBody,
      responses: {
        '200': stored(
          'Stored. `deliveryId` is null where the platform only asked whether somebody listens, and nothing was.',
          { type: ['string', 'null'], format: 'uuid' },
        ),
        ...webhookErrors,
      },
    },
  },
  '/webhooks/{platform}': {
    parameters: [platform],
    post: {
      operationId: 'receiveShopWebhook',
      tags: ['Webhooks'],
      summary: 'Receive a webhook of an app with one address for all shops',
      description:
        'For apps of Shopify whose webhooks go to one address. Every connector of the shop in `X-Shopify-Shop-Domain` one of whose secrets signed it gets it; `deliveryId` is that of the oldest. Whatever is wrong is a 401, always alike.',
      security: [],
      requestBody: webhookBody,
      responses: { '200': stored('Stored.', { type: 'string', format: 'uuid' }), ...webhookErrors },
    },
  },
  '/healthz': {
    get: {
      operationId: 'getHealth',
      tags: ['Health'],
      summary: 'Does the program run?',
      security: [],
      responses: {
        '200': answered('It does.', object({ data: object({ status: { type: 'string', const: 'ok' } }) })),
        ...broken,
      },
    },
  },
  '/readyz': {
    get: {
      operationId: 'getReadiness',
      tags: ['Health'],
      summary: 'Can it serve?',
      description:
        'The store decides, and whether the encryption keys are those of its secrets; `error` says what is wrong, such as a full disk. Redis is reported: webhooks are taken without it, and processed once it is back.',
      security: [],
      responses: {
        '200': answered('It can.', object({ data: readiness })),
        ...broken,
        '503': {
          ...answered(
            'It cannot: the store is down or not whole, or the encryption keys do not fit it.',
            object({ data: readiness, error: errorOf }),
          ),
          'x-error-codes': ['SECRET_UNREADABLE', 'STORE_UNAVAILABLE'],
        },
      },
    },
  },
}

export const systemTags = [
  { name: 'Console', description: 'Signing in to the pages for merchants.' },
  { name: 'Webhooks', description: 'Where platforms deliver.' },
  { name: 'Health', description: 'For load balancers and monitors.' },
]

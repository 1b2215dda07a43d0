import { invalid } from '../../errors.ts'
import { ENDPOINT_PROBLEMS, WEBHOOK_EVENTS } from '../../ports/schema/telling-values.ts'
import { STATUSES } from '../../ports/schema/values.ts'
import type { Row } from '../../ports/schema.ts'
import type { HttpDeps } from '../deps.ts'
import { INSTANT_SCHEMA, orNull } from '../json/json-schema.ts'
import { instantJson, type JsonObject, nullable } from '../json/write-json.ts'
import { checkCreate } from '../read/check.ts'
import { zBlankText, zList, zObject, zOneOf, zText } from '../read/zod.ts'
import type { Action, Resource } from '../resource.ts'
import { defaulted, emptiable, required, shapeOf } from '../shape.ts'
import { messageJson } from './webhook-message.ts'

const MAX_URL_CHARACTERS = 2048
const SECRET_SCHEMA = { type: 'string', pattern: '^whsec_[A-Za-z0-9+/]+=*$' } as const

const zEvents = zList(zOneOf(WEBHOOK_EVENTS), 1, WEBHOOK_EVENTS.length)
  .superRefine((events, context) => {
    const twice = events.find((event, at) => events.indexOf(event) < at)
    if (twice !== undefined)
      context.addIssue({ code: 'custom', message: `must name no event twice: ${twice}` })
  })
  .meta({ uniqueItems: true })

const endpointShape = shapeOf('webhook_endpoint', {
  url: required(zText(MAX_URL_CHARACTERS)),
  events: {
    ...required(zEvents),
    schema: { type: 'array', items: { type: 'string', enum: WEBHOOK_EVENTS } },
  },
  status: defaulted(zOneOf(STATUSES), 'live'),
  description: emptiable(zBlankText(1024), ''),
  problem: {
    schema: orNull({
      type: 'object',
      required: ['code', 'message', 'since'],
      properties: {
        code: { type: 'string', enum: ENDPOINT_PROBLEMS },
        message: { type: 'string' },
        since: INSTANT_SCHEMA,
      },
    }),
    show: ({ problem }) => nullable(problem, (it) => ({ ...it, since: instantJson(it.since) })),
  },
})

const noBody = zObject({})

/** Where merchants' own systems are told of what happens. */
export function webhookEndpointResource({
  webhooks,
}: Pick<HttpDeps, 'webhooks'>): Resource<'webhook_endpoint'> {
  const { fields, bodies, readCreate, readPatch, json } = endpointShape

  const withSecret = ({ row, secret }: { row: Row<'webhook_endpoint'>; secret: string }): JsonObject => {
    const { id, url, ...rest } = json(row)
    return { id, url, secret, ...rest }
  }
  const refuseFault = (url: string | undefined) => {
    const fault = url === undefined ? null : webhooks.fault(url)
    if (fault !== null) throw invalid('url', fault)
  }
  const rotate: Action = {
    summary: 'Give a webhook endpoint a new secret',
    body: noBody,
    answers: 'webhook endpoint created',
    status: 200,
    fails: ['NOT_FOUND'],
    async run({ caller: { accountId }, log }, id, body) {
      checkCreate(noBody, body)
      log({ endpointId: id })
      return withSecret(await webhooks.rotate(accountId, id))
    },
  }
  const test: Action = {
    summary: 'Send a test to a webhook endpoint',
    body: noBody,
    answers: 'webhook message',
    status: 200,
    fails: ['NOT_FOUND'],
    async run({ caller: { accountId }, log }, id, body) {
      checkCreate(noBody, body)
      log({ endpointId: id })
      return messageJson(await webhooks.test(accountId, id))
    },
  }

  return {
    slug: 'webhook_endpoint',
    isTagged: true,
    noun: 'webhook endpoint',
    collection: 'webhook_endpoint',
    fields,
    bodies,
    allows: ['list', 'create', 'get', 'patch', 'delete'],
    refuses: {},
    fails: { create: ['TOO_MANY_ENDPOINTS'] },
    shownOnce: { secret: SECRET_SCHEMA },
    async create({ caller: { accountId }, log }, body) {
      const given = readCreate(body)
      refuseFault(given.url)
      const made = await webhooks.create(accountId, given)
      log({ endpointId: made.row.id })
      return withSecret(made)
    },
    async patch({ caller: { accountId }, log }, id, body) {
      const given = readPatch(body)
      refuseFault(given.url)
      log({ endpointId: id })
      return json(await webhooks.patch(accountId, id, given))
    },
    remove({ caller: { accountId }, log }, id) {
      log({ endpointId: id })
      return webhooks.remove(accountId, id)
    },
    actions: { rotate, test },
  }
}

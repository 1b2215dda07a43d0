import { componentName, type JsonSchema } from '../json/json-schema.ts'
import type { Served } from '../resource.ts'
import { adapterSchemas, bodySchema } from './bodies.ts'
import { consolePaths } from './console.ts'
import { errorSchema, sharedResponses } from './errors.ts'
import { filterSchemas, pagingSchema, sharedParameters } from './lists.ts'
import {
  actionBodyName,
  bodyName,
  bulkBodyName,
  createdName,
  listedName,
  resourcePaths,
  tagOf,
} from './operations.ts'
import { proxyPaths, proxyTags } from './proxy.ts'
import { createdSchema, isRecorded, listedSchema, type Recorded, recordSchema } from './records.ts'
import { securitySchemes } from './security.ts'
import { systemPaths, systemTags } from './system.ts'
import { INFO, textOf } from './texts/index.ts'

/** The version of the API, as in `/api/v1.0`. */
const API_VERSION = '1.0'

/** The OpenAPI 3.1 document of these resources: all that callers are told stems from what serves them. Pure. */
export function openApiDocument(resources: readonly Served[]): JsonSchema {
  const recorded = resources.filter(isRecorded)
  return {
    openapi: '3.1.0',
    info: {
      title: 'Streakline',
      version: API_VERSION,
      summary: 'Purchases become streaks, streaks become coupons.',
      description: INFO,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [
      { url: '/', description: 'This server' },
      { url: '/api/v1.0', description: 'The same, with the version in the address' },
    ],
    tags: [...recorded.map(tag), ...systemTags, ...proxyTags],
    paths: {
      ...Object.assign({}, ...recorded.map(resourcePaths)),
      ...systemPaths,
      ...proxyPaths,
      ...consolePaths,
    },
    components: {
      securitySchemes,
      headers: {
        RetryAfter: {
          description: 'Seconds after which trying again makes sense.',
          schema: { type: 'integer', minimum: 1 },
        },
        ETag: {
          description:
            'Which revision of what is stored of the record this is; for `If-Match`. End users get none.',
          schema: { type: 'string' },
        },
      },
      parameters: {
        id: {
          name: 'id',
          in: 'path',
          required: true,
          description: 'The `id` of the record.',
          schema: { type: 'string', format: 'uuid' },
        },
        ifMatch: {
          name: 'If-Match',
          in: 'header',
          description:
            'Change the record only if it has this `ETag` still, or one of these, else 412 `PRECONDITION_FAILED`; `*` and none: whatever it has.',
          schema: { type: 'string' },
        },
        ...sharedParameters,
      },
      responses: sharedResponses,
      schemas: {
        ...Object.assign({}, ...recorded.map(schemasOf)),
        Paging: pagingSchema,
        ErrorAnswer: errorSchema,
      },
    },
  }
}

function tag({ slug, noun }: Recorded): JsonSchema {
  return { name: tagOf(noun), description: textOf(slug).about }
}

/** The bodies of actions, and their answers where these are no records. */
function actionSchemas(resource: Recorded): Record<string, JsonSchema> {
  const { noun } = resource
  const actions = Object.entries(resource.actions ?? {})
  const bulkActions = Object.entries(resource.bulkActions ?? {})
  const bodies = [
    ...actions.map(([name, { body }]) => [actionBodyName(noun, name), bodySchema(resource, body)] as const),
    ...bulkActions.map(([name, { body }]) => [bulkBodyName(noun, name), bodySchema(resource, body)] as const),
  ]
  const answers = [...actions, ...bulkActions].flatMap(([, action]) =>
    typeof action.answers === 'string' ? [] : [[action.answers.name, action.answers.schema] as const],
  )
  const questions = [resource.questions, resource.readings]
    .flatMap((each) => Object.values(each ?? {}))
    .map(({ answers: { name, schema } }) => [name, schema] as const)
  return Object.fromEntries([...bodies, ...answers, ...questions])
}

function schemasOf(resource: Recorded): Record<string, JsonSchema> {
  const { slug, noun, bodies, allows } = resource
  const body = (verb: 'create' | 'patch') => {
    const schema = bodies?.[verb]
    if (!allows.includes(verb)) return {}
    if (schema === undefined) throw new Error(`${slug} says nothing of the body of its ${verb}`)
    return { [bodyName(noun, verb)]: bodySchema(resource, schema, verb === 'patch' ? 'patch' : 'other') }
  }
  return {
    [componentName(noun)]: recordSchema(resource),
    ...(resource.shownOnce === undefined ? {} : { [createdName(noun)]: createdSchema(resource) }),
    ...body('create'),
    ...body('patch'),
    ...adapterSchemas(resource),
    ...actionSchemas(resource),
    ...(allows.includes('list')
      ? { [listedName(noun)]: listedSchema(resource), ...filterSchemas(resource) }
      : {}),
  }
}

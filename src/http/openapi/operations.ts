import type { ErrorCode } from '../../errors.ts'
import { componentName, type JsonSchema } from '../json/json-schema.ts'
import type { Action, BulkAction, Question, Reading, Verb } from '../resource.ts'
import { errorResponses } from './errors.ts'
import { bodyExamples, responseExamples } from './examples/index.ts'
import { listParameters, listText } from './lists.ts'
import type { Recorded } from './records.ts'
import { ADMIN, ADMIN_OR_END_USER, SIGNED_IN } from './security.ts'
import { fieldText, textOf } from './texts/index.ts'

const EVERY: readonly ErrorCode[] = [
  'UNAUTHENTICATED',
  'TOO_MANY_REQUESTS',
  'INTERNAL',
  'OVERLOADED',
  'SECRET_UNREADABLE',
  'STORE_UNAVAILABLE',
]
const WRITES: readonly ErrorCode[] = ['STORE_BUSY', 'FORBIDDEN']
const BODIES: readonly ErrorCode[] = [
  'INVALID_INPUT',
  'INVALID_JSON',
  'UNKNOWN_FIELD',
  'BODY_TOO_LARGE',
  'NOT_JSON',
]

/** What every resource may answer to a verb. */
const FAILURES: Readonly<Record<Verb, readonly ErrorCode[]>> = {
  list: [...EVERY, 'INVALID_INPUT', 'QUERY_TOO_EXPENSIVE'],
  get: [...EVERY, 'INVALID_INPUT', 'NOT_FOUND'],
  create: [...EVERY, ...WRITES, ...BODIES],
  patch: [...EVERY, ...WRITES, ...BODIES, 'NOT_FOUND'],
  delete: [...EVERY, ...WRITES, 'INVALID_INPUT', 'NOT_FOUND'],
}

const METHODS: Readonly<Record<Verb, string>> = {
  list: 'get',
  create: 'post',
  get: 'get',
  patch: 'patch',
  delete: 'delete',
}
const SUMMARIES: Readonly<Record<Verb, (noun: string) => string>> = {
  list: (noun) => `List ${plural(noun)}`,
  create: (noun) => `Create ${article(noun)} ${noun}`,
  get: (noun) => `Get ${article(noun)} ${noun}`,
  patch: (noun) => `Change ${article(noun)} ${noun}`,
  delete: (noun) => `Delete ${article(noun)} ${noun}`,
}

/** The paths of one resource, with the operations it allows. */
export function resourcePaths(resource: Recorded): Record<string, JsonSchema> {
  const { slug, allows } = resource
  const of = (verbs: readonly Verb[]) =>
    Object.fromEntries(
      verbs.filter((verb) => allows.includes(verb)).map((verb) => [METHODS[verb], operation(resource, verb)]),
    )
  const collection = of(['list', 'create'])
  const record = of(['get', 'patch', 'delete'])
  const id = { parameters: [{ $ref: '#/components/parameters/id' }] }
  const actions = Object.entries(resource.actions ?? {}).map(([name, action]) => [
    `/schema/${slug}/record/{id}/${name}`,
    { ...id, post: actionOperation(resource, name, action) },
  ])
  const bulkActions = Object.entries(resource.bulkActions ?? {}).map(([name, action]) => [
    `/schema/${slug}/${name}`,
    { post: bulkOperation(resource, name, action) },
  ])
  const readings = Object.entries(resource.readings ?? {}).map(([name, reading]) => [
    `/schema/${slug}/record/{id}/${name}`,
    { ...id, get: readingOperation(resource, name, reading) },
  ])
  const questions = Object.entries(resource.questions ?? {}).map(([name, question]) => [
    `/schema/${slug}/${name}`,
    { get: questionOperation(resource, name, question) },
  ])
  return {
    ...Object.fromEntries(actions),
    ...Object.fromEntries(bulkActions),
    ...Object.fromEntries(questions),
    ...Object.fromEntries(readings),
    ...(Object.keys(collection).length === 0 ? {} : { [`/schema/${slug}/record`]: collection }),
    ...(Object.keys(record).length === 0 ? {} : { [`/schema/${slug}/record/{id}`]: { ...id, ...record } }),
  }
}

function operation(resource: Recorded, verb: Verb): JsonSchema {
  const { slug, noun } = resource
  const description = [textOf(slug).verbs?.[verb] ?? '', verb === 'list' ? listText(resource) : '']
    .filter((text) => text !== '')
    .join('\n\n')
  const open = resource.endUser !== undefined && (verb === 'list' || verb === 'get')
  return {
    operationId: `${verb}${componentName(noun)}`,
    tags: [tagOf(noun)],
    summary: SUMMARIES[verb](noun),
    ...(description === '' ? {} : { description }),
    security: open ? ADMIN_OR_END_USER : adminsOf(resource),
    ...(verb === 'list' ? { parameters: listParameters(resource) } : {}),
    ...(verb === 'patch' && resource.isTagged === true
      ? { parameters: [{ $ref: '#/components/parameters/ifMatch' }] }
      : {}),
    ...(verb === 'create' || verb === 'patch' ? { requestBody: requestBody(resource, verb) } : {}),
    responses: { ...success(resource, verb), ...errorResponses(failuresOf(resource, verb)) },
  }
}

const adminsOf = ({ forUsersOnly }: Recorded) => (forUsersOnly === true ? SIGNED_IN : ADMIN)

function actionOperation(resource: Recorded, name: string, action: Action): JsonSchema {
  const { noun } = resource
  const operationId = `${name}Of${componentName(noun)}`
  return acting(resource, name, action, operationId, actionBodyName(noun, name))
}

function bulkOperation(resource: Recorded, name: string, action: BulkAction): JsonSchema {
  const several = componentName(plural(resource.noun))
  return acting(resource, name, action, `${name}Of${several}`, bulkBodyName(resource.noun, name))
}

function readingOperation(
  { slug, noun }: Recorded,
  name: string,
  { summary, answers, fails = [] }: Reading,
): JsonSchema {
  const data = { $ref: `#/components/schemas/${answers.name}` }
  return {
    operationId: `${name}${componentName(noun)}`,
    tags: [tagOf(noun)],
    summary,
    description: textOf(slug).actions?.[name] ?? '',
    security: ADMIN,
    responses: {
      200: { description: 'All of it.', content: { 'application/json': { schema: answer(data) } } },
      ...errorResponses([...EVERY, 'FORBIDDEN', 'INVALID_INPUT', 'NOT_FOUND', ...fails]),
    },
  }
}

function questionOperation(
  { slug, noun }: Recorded,
  name: string,
  { summary, parameters, answers, fails = [] }: Question,
): JsonSchema {
  const operationId = `${name}${componentName(noun)}`
  const data = { $ref: `#/components/schemas/${answers.name}` }
  return {
    operationId,
    tags: [tagOf(noun)],
    summary,
    description: textOf(slug).actions?.[name] ?? '',
    security: ADMIN,
    parameters: Object.entries(parameters).map(([parameter, schema]) => ({
      name: parameter,
      in: 'query',
      description: fieldText(slug, `${name}.${parameter}`),
      schema,
    })),
    responses: {
      200: { description: 'What came of it.', content: { 'application/json': { schema: answer(data) } } },
      ...errorResponses([...EVERY, 'FORBIDDEN', 'INVALID_INPUT', ...fails]),
    },
  }
}

function acting(
  resource: Recorded,
  name: string,
  { summary, answers, beside, mayBeEmpty, status, fails }: Action | BulkAction,
  operationId: string,
  bodyName: string,
): JsonSchema {
  const { slug, noun } = resource
  const schema = { $ref: `#/components/schemas/${bodyName}` }
  const answered = typeof answers === 'string' ? componentName(answers) : answers.name
  const data = { $ref: `#/components/schemas/${answered}` }
  const description = status === 201 ? 'The entry.' : 'What came of it.'
  return {
    operationId,
    tags: [tagOf(noun)],
    summary,
    description: textOf(slug).actions?.[operationId] ?? textOf(slug).actions?.[name] ?? '',
    security: adminsOf(resource),
    requestBody: { required: mayBeEmpty !== true, content: { 'application/json': { schema } } },
    responses: {
      [status]: { description, content: { 'application/json': { schema: answer(data, beside) } } },
      ...errorResponses([...EVERY, ...WRITES, ...BODIES, ...fails]),
    },
  }
}

/** `StreakLogWithdrawal`: the body of an action. */
export function actionBodyName(noun: string, name: string): string {
  return `${componentName(noun)}${componentName(name)}`
}

/** `DeliveriesReplay`: the body of an action on many. */
export function bulkBodyName(noun: string, name: string): string {
  return actionBodyName(plural(noun), name)
}

function failuresOf(resource: Recorded, verb: Verb): ErrorCode[] {
  return [
    ...FAILURES[verb],
    ...(resource.endUser === undefined ? (['FORBIDDEN'] as const) : []),
    ...(verb === 'list' && resource.ledger ? (['FILTER_NOT_SELECTIVE'] as const) : []),
    ...(verb === 'patch' && resource.isTagged ? (['PRECONDITION_FAILED'] as const) : []),
    ...(resource.fails?.[verb] ?? []),
  ]
}

function requestBody({ slug, noun }: Recorded, verb: 'create' | 'patch'): JsonSchema {
  const schema = { $ref: `#/components/schemas/${bodyName(noun, verb)}` }
  return {
    required: true,
    content: { 'application/json': { schema, ...bodyExamples(slug, verb) } },
  }
}

export function bodyName(noun: string, verb: 'create' | 'patch'): string {
  return `${componentName(noun)}${verb === 'create' ? 'Create' : 'Patch'}`
}

function success(
  { slug, noun, createsSeveral, shownOnce, isTagged }: Recorded,
  verb: Verb,
): Record<string, JsonSchema> {
  if (verb === 'delete') return { '204': { description: 'Done. No body.' } }
  const name = verb === 'create' && shownOnce !== undefined ? createdName(noun) : componentName(noun)
  const record = { $ref: `#/components/schemas/${name}` }
  const data = verb === 'create' && createsSeveral ? { type: 'array', items: record } : record
  const schema = verb === 'list' ? listAnswer(noun) : answer(data)
  const description =
    verb === 'list' ? `The ${plural(noun)}.` : `The ${noun}, ${verb === 'get' ? 'as it is' : 'as it now is'}.`
  const isTag = isTagged === true && (verb === 'get' || verb === 'patch')
  return {
    [verb === 'create' ? '201' : '200']: {
      description,
      ...(isTag ? { headers: { ETag: { $ref: '#/components/headers/ETag' } } } : {}),
      content: { 'application/json': { schema, ...responseExamples(slug, verb) } },
    },
  }
}

function answer(data: JsonSchema, beside: Readonly<Record<string, JsonSchema>> = {}): JsonSchema {
  return { type: 'object', required: ['data'], properties: { data, ...beside } }
}

function listAnswer(noun: string): JsonSchema {
  return {
    type: 'object',
    required: ['data', 'paging'],
    properties: {
      data: {
        type: 'array',
        items: { $ref: `#/components/schemas/${listedName(noun)}` },
      },
      paging: { $ref: '#/components/schemas/Paging' },
    },
  }
}

/** What a create answers where it shows more than any later answer. */
export function createdName(noun: string): string {
  return `${componentName(noun)}Created`
}

export function listedName(noun: string): string {
  return `${componentName(noun)}Listed`
}

export function tagOf(noun: string): string {
  return noun.charAt(0).toUpperCase() + noun.slice(1)
}

function plural(noun: string): string {
  if (noun.endsWith('progress')) return noun
  return noun.endsWith('y') && !noun.endsWith('ey') ? `${noun.slice(0, -1)}ies` : `${noun}s`
}

function article(noun: string): string {
  return /^[aeio]/i.test(noun) ? 'an' : 'a'
}

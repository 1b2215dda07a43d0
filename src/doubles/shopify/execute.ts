import { randomUUID } from 'node:crypto'
import type {
  DocumentNode,
  GraphQLError,
  GraphQLFieldResolver,
  GraphQLFormattedError,
  OperationDefinitionNode,
} from 'graphql'
import { type Answer, type Asked, Refusal } from '../parts/server.ts'
import { actualCostOf, type Bucket, costOf, MAX_QUERY_COST } from './cost.ts'
import type { AdminSchema } from './schema.ts'
import { type App, grants, type Install, type Shop } from './state.ts'
import type { World } from './world.ts'

/** Who asks. */
export interface Caller {
  readonly world: World
  readonly shop: Shop
  readonly app: App
  readonly install: Install
  /** Warnings of search queries that go into the answer. */
  readonly search: object[]
}

interface Given {
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly operationName: string | undefined
}

export interface Executor {
  answer(caller: Caller, bucket: Bucket, asked: Asked): Promise<Answer>
}

/** Answers `POST /admin/api/{version}/graphql.json`: 200 whatever is wrong with the query, as Shopify does. */
export function createExecutor(admin: AdminSchema, rootOf: (caller: Caller) => object): Executor {
  const { graphql, schema } = admin
  const fieldResolver = createFieldResolver(admin)

  function errorsOnly(errors: readonly object[], extensions?: object): Answer {
    return answerWith({ errors, ...(extensions === undefined ? {} : { extensions }) })
  }

  async function answer(caller: Caller, bucket: Bucket, asked: Asked): Promise<Answer> {
    const given = readGiven(asked)
    let document: DocumentNode
    try {
      document = graphql.parse(given.query)
    } catch (error) {
      return errorsOnly([inWordsOfShopify(error as GraphQLError)])
    }
    const faults = graphql.validate(schema, document)
    if (faults.length > 0) return errorsOnly(faults.map(inWordsOfShopify))
    const operation = graphql.getOperationAST(document, given.operationName)
    if (operation === null || operation === undefined)
      return errorsOnly([{ message: 'No operation named or several given' }])
    return await run(caller, bucket, given, document, operation)
  }

  async function run(
    caller: Caller,
    bucket: Bucket,
    { variables, operationName }: Given,
    document: DocumentNode,
    operation: OperationDefinitionNode,
  ): Promise<Answer> {
    const requestedQueryCost = costOf(admin, document, operation, variables)
    const cost = (actualQueryCost: number | null): object => ({
      cost: { requestedQueryCost, actualQueryCost, throttleStatus: bucket.status() },
    })
    if (requestedQueryCost > MAX_QUERY_COST) {
      const message = `Query cost is ${requestedQueryCost}, which exceeds the single query max cost limit (${MAX_QUERY_COST}).`
      const code = { code: 'MAX_COST_EXCEEDED', cost: requestedQueryCost, maxCost: MAX_QUERY_COST }
      return errorsOnly([{ message, extensions: code }])
    }
    if (!bucket.take(requestedQueryCost)) {
      const extensions = { code: 'THROTTLED', documentation: 'https://shopify.dev/api/usage/rate-limits' }
      return errorsOnly([{ message: 'Throttled', extensions }], cost(null))
    }
    const result = await graphql.execute({
      schema,
      document,
      rootValue: rootOf(caller),
      contextValue: caller,
      variableValues: variables,
      operationName: operationName ?? null,
      fieldResolver,
      typeResolver: (value) => (value as { __typename?: string }).__typename,
    })
    const actual = Math.min(requestedQueryCost, actualCostOf(result.data, operation.operation === 'mutation'))
    bucket.giveBack(requestedQueryCost - actual)
    const search = caller.search.length === 0 ? {} : { search: caller.search }
    const errors = result.errors === undefined ? {} : { errors: result.errors.map(inWordsOfShopify) }
    return answerWith({ data: result.data, ...errors, extensions: { ...cost(actual), ...search } })
  }

  return { answer }
}

/** Fields that are there in the schema and not in the double are refused, not null: nobody is to believe in them. */
function createFieldResolver({ graphql, access }: AdminSchema): GraphQLFieldResolver<object, Caller> {
  return (source, given, caller, info) => {
    const { parentType, fieldName, returnType } = info
    const type = graphql.getNamedType(returnType).name
    const needed = access[`${parentType.name}.${fieldName}`] ?? access[type.replace(/(Connection|Edge)$/, '')]
    if (needed !== undefined && !needed.scopes.some((scope) => grants(caller.install.scopes, scope))) {
      throw new graphql.GraphQLError(
        `Access denied for ${fieldName} field. Required access: ${needed.words}`,
        {
          extensions: {
            code: 'ACCESS_DENIED',
            documentation: 'https://shopify.dev/api/usage/access-scopes',
            requiredAccess: needed.words,
          },
        },
      )
    }
    const value = (source as Record<string, unknown>)[fieldName]
    if (value === undefined) {
      throw new graphql.GraphQLError(`this double of Shopify does not play ${parentType.name}.${fieldName}`, {
        extensions: { code: 'NOT_IN_THE_DOUBLE' },
      })
    }
    return typeof value === 'function' ? value.call(source, given, caller) : value
  }
}

function readGiven({ headers, body }: Asked): Given {
  const type = String(headers['content-type'] ?? '')
  const text = body.toString('utf8')
  if (type.startsWith('application/graphql')) return { query: text, variables: {}, operationName: undefined }
  const missing = { status: 400, body: { errors: { query: 'Required parameter missing or invalid' } } }
  if (!type.startsWith('application/json')) throw new Refusal(missing)
  let given: Record<string, unknown>
  try {
    given = JSON.parse(text)
  } catch {
    throw new Refusal({ status: 400, body: { errors: 'Bad Request' } })
  }
  if (typeof given?.query !== 'string' || given.query === '') throw new Refusal(missing)
  const operationName = typeof given.operationName === 'string' ? given.operationName : undefined
  return { query: given.query, variables: (given.variables ?? {}) as Given['variables'], operationName }
}

/** The two faults that clients read for, as Shopify words them; others in those of the library. */
function inWordsOfShopify(error: GraphQLError): GraphQLFormattedError {
  const plain = error.toJSON()
  const field = /^Cannot query field "(\w+)" on type "(\w+)"/.exec(error.message)
  if (field !== null) {
    const [, fieldName = '', typeName = ''] = field
    return {
      ...plain,
      message: `Field '${fieldName}' doesn't exist on type '${typeName}'`,
      extensions: { code: 'undefinedField', typeName, fieldName },
    }
  }
  if (/^Variable "\$\w+" (got invalid|has invalid|of )/.test(error.message)) {
    return { ...plain, extensions: { code: 'INVALID_VARIABLE' } }
  }
  return plain
}

function answerWith(body: object): Answer {
  return { status: 200, headers: { 'x-request-id': randomUUID(), 'x-shopify-api-version': '2026-10' }, body }
}

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import { openApiDocument } from '../../src/http/openapi/document.ts'
import { createResources } from '../../src/http/resources.ts'
import { type Api, type Body, startApi } from '../helpers/api.ts'
import { allowedCallers } from '../helpers/console.ts'
import { type Node, operationsOf, type Placed } from '../helpers/open-api.ts'
import { allowedBy, resolved } from '../helpers/schema-arbitrary.ts'

const RUNS = process.env.TEST_FULL === '1' ? 300 : 60
const NOWHERE = '019a909d-0180-72ac-871f-3ad5ff15536b'

/** What a body says can be wrong where every part of it is as the document has it: rules between fields and records. */
const RULES_BETWEEN = [
  /IANA time zone/,
  /ISO 4217/,
  /is required where/,
  /is required, or ownedBy in its place/,
  /is required with an amount/,
  /must be at most \d+ on a (?:daily|weekly) streak/,
  /must name no event twice/,
  // the address of a webhook endpoint
  /is not a URL|must begin with https:|must not point to a private|user name or password|must use port/,
  /must be a whole number on a streak with aggregationMethod count/,
  /makes its coupons with(?:out a| the access of a) connector/,
  // rules, by what their platform knows, and milestones, by their streak
  /is nothing that \w+ tells of a purchase|is the same as \w+\.\d+|holds a comma, which parts tags/,
  /must be one of .* on \w+, not|is required where the value or the minimumValue is an amount/,
  /must be one of .* with milestoneMetric|must be a whole number with consecutive_count|must not exceed the streak/,
  /must lie (?:less than \d+ periods )?before until/,
  /a percentage, or an amount and its currency/,
  /names no deliveries: give at least one of/,
  /the `next` of an earlier answer/,
  /name the member in one way/,
  /must be above 0 and at most 100/,
  /origin/,
  /lone surrogates/,
  /cannot be seen|must not hold|must have 1 to 128 characters/,
]

let api: Api
let headersFor: (path: string) => Readonly<Record<string, string>>
let document: Node
let ajv: Ajv2020

beforeAll(async () => {
  api = await startApi()
  headersFor = await allowedCallers(api, await api.account('bodies'))
  document = JSON.parse(JSON.stringify(openApiDocument(createResources(api.deps))))
  ajv = new Ajv2020({ strict: false })
  addFormats.default(ajv)
  ajv.addFormat('decimal', { type: 'number', validate: () => true })
  ajv.addSchema(document, 'api')
})
afterAll(() => api.close())

const OPERATIONS = () =>
  operationsOf(document).filter(
    ({ operation, path }) => operation.requestBody !== undefined && path.startsWith('/schema/'),
  )

function bodySchemaOf({ operation }: Placed): Node {
  const content = operation.requestBody?.content as Record<string, { schema: Node }>
  return content['application/json']!.schema
}

/** Sent as it is: a body is not held to the document once more. */
async function send({ method, path }: Placed, body: unknown): Promise<{ status: number; error?: Body }> {
  const answer = await fetch(`${api.origin}${path.replace('{id}', NOWHERE)}`, {
    method: method.toUpperCase(),
    headers: { ...headersFor(path), 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: answer.status, error: ((await answer.json()) as Body).error }
}

/** Details that say that a part of the body is not what the document says it is. */
function malformed(error: Body | undefined): Body[] {
  if (error?.code !== 'INVALID_INPUT' && error?.code !== 'UNKNOWN_FIELD') return []
  return error.details.filter(
    ({ path, message }: Body) =>
      // which of the adapters' schemas is meant, another field says
      !/^(?:credentials|settings)\b/.test(path) && !RULES_BETWEEN.some((rule) => rule.test(message)),
  )
}

describe('bodies of the API document', () => {
  it('that it allows are never refused as malformed', async () => {
    const refused: object[] = []
    for (const placed of OPERATIONS()) {
      await fc.assert(
        fc.asyncProperty(allowedBy(document, bodySchemaOf(placed)), async (body) => {
          const { status, error } = await send(placed, body)
          const faults = malformed(error)
          if (faults.length > 0 || status >= 500)
            refused.push({
              at: `${placed.method} ${placed.path}`,
              status,
              faults,
              body: JSON.stringify(body).slice(0, 300),
            })
        }),
        { numRuns: RUNS },
      )
    }
    expect(refused).toEqual([])
  })

  it('that it forbids are a 400', async () => {
    const taken: object[] = []
    for (const placed of OPERATIONS()) {
      const schema = bodySchemaOf(placed)
      const validate = ajv.getSchema(`api${(schema.$ref as string | undefined) ?? ''}`) ?? ajv.compile(schema)
      const { properties = {} } = typeof schema.$ref === 'string' ? resolved(document, schema.$ref) : schema
      const names = Object.keys(properties as Node)
      const wrong = fc.constantFrom<unknown>(
        undefined,
        null,
        1.5,
        -1,
        'text',
        '',
        ' ',
        '\u0000',
        true,
        [],
        [null],
        {},
        { more: 1 },
        'x'.repeat(5_000),
      )
      const changed = fc
        .tuple(allowedBy(document, schema), fc.constantFrom(...names, 'unknown'), wrong)
        .map(([body, name, value]) => ({ ...(body as object), [name]: value }))
      await fc.assert(
        fc.asyncProperty(changed, async (body) => {
          const sent = JSON.parse(JSON.stringify(body))
          if (validate(sent)) return
          const { status } = await send(placed, sent)
          // what an adapter forbids is found once the record is
          if (status !== 400 && !(placed.path.includes('{id}') && status === 404))
            taken.push({
              at: `${placed.method} ${placed.path}`,
              status,
              faults: validate.errors,
              body: JSON.stringify(sent).slice(0, 300),
            })
        }),
        { numRuns: RUNS },
      )
    }
    expect(taken).toEqual([])
  })
})

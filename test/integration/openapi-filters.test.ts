import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import { openApiDocument } from '../../src/http/openapi/document.ts'
import { createResources } from '../../src/http/resources.ts'
import { type Api, type Body, startApi } from '../helpers/api.ts'
import { allowedCallers } from '../helpers/console.ts'
import { type Node, operationsOf, type Placed } from '../helpers/open-api.ts'
import { allowedBy } from '../helpers/schema-arbitrary.ts'

const RUNS = process.env.TEST_FULL === '1' ? 300 : 40

let api: Api
let headersFor: (path: string) => Readonly<Record<string, string>>
let document: Node
let ajv: Ajv2020

beforeAll(async () => {
  api = await startApi()
  headersFor = await allowedCallers(api, await api.account('filters'))
  document = JSON.parse(JSON.stringify(openApiDocument(createResources(api.deps))))
  ajv = new Ajv2020({ strict: false })
  addFormats.default(ajv)
  ajv.addFormat('decimal', { type: 'number', validate: () => true })
  ajv.addSchema(document, 'api')
})
afterAll(() => api.close())

interface Filtered {
  readonly placed: Placed
  readonly comparison: Node
}

/** Lists with what they can be filtered by: one comparison, as groups are made of them. */
function filtered(): Filtered[] {
  const { components } = document as { components: { schemas: Record<string, Node> } }
  return operationsOf(document).flatMap((placed) => {
    const parameters = (placed.operation.parameters ?? []) as Node[]
    const filters = parameters.find(({ name }) => name === 'filters') as
      | { content: { 'application/json': { schema: { $ref: string } } } }
      | undefined
    if (filters === undefined || !placed.path.startsWith('/schema/')) return []
    const name = filters.content['application/json'].schema.$ref.split('/').at(-1)
    return [{ placed, comparison: components.schemas[`${name}Comparison`]! }]
  })
}

async function list({ path }: Placed, filters: unknown): Promise<{ status: number; error?: Body }> {
  const query = new URLSearchParams({ filters: JSON.stringify(filters) })
  const answer = await fetch(`${api.origin}${path}?${query}`, { headers: headersFor(path) })
  return { status: answer.status, error: ((await answer.json()) as Body).error }
}

/** Whether the comparison itself was refused, not what it costs or what else has to stand beside it. */
function isRefused({ status, error }: { status: number; error?: Body }): boolean {
  if (status === 200 || ['QUERY_TOO_EXPENSIVE', 'FILTER_NOT_SELECTIVE'].includes(error?.code)) return false
  return !/lone surrogates|filters.value must not be empty/.test(error?.message)
}

describe('filters of the API document', () => {
  it('that it allows are never refused as malformed', async () => {
    expect(filtered().length).toBeGreaterThan(8)
    const refused: object[] = []
    for (const { placed, comparison } of filtered()) {
      await fc.assert(
        fc.asyncProperty(allowedBy(document, comparison), async (condition) => {
          const answer = await list(placed, condition)
          if (isRefused(answer))
            refused.push({ at: placed.path, condition, message: answer.error?.message ?? answer.status })
        }),
        { numRuns: RUNS },
      )
    }
    expect(refused).toEqual([])
  })

  it('of times hold the year: those before 1970 are refused', () => {
    const { comparison } = filtered()[0]!
    const validate = ajv.compile(comparison)
    const at = (value: string) => validate({ fieldSlug: 'createdAt', operator: 'GREATER_THAN', value })
    expect(['1969-12-31T23:30:00-01:00', '1970-01-01T00:00:00Z', '2026-11-28T00:00:00Z'].map(at)).toEqual([
      true,
      true,
      true,
    ])
    expect(['0714-04-08T05:13:45Z', '1969-12-30T23:00:00Z'].map(at)).toEqual([false, false])
  })

  it('that it forbids are a 400: lists where one value is due, one where a list is, operators of other fields', async () => {
    const taken: object[] = []
    for (const { placed, comparison } of filtered()) {
      const validate = ajv.compile({ ...comparison, $defs: {} })
      const allowed = allowedBy(document, comparison) as fc.Arbitrary<Record<string, unknown>>
      const wrong = fc.constantFrom<unknown>(
        undefined,
        null,
        1.5,
        -1,
        'text',
        '\u0000',
        true,
        [],
        ['a'],
        [1],
        '1969-12-30T23:00:00Z',
        {},
      )
      const changed = fc.oneof(
        fc.tuple(allowed, wrong).map(([one, value]) => ({ ...one, value })),
        fc.tuple(allowed, allowed).map(([one, { operator }]) => ({ ...one, operator })),
        fc.tuple(allowed, allowed).map(([one, { fieldSlug }]) => ({ ...one, fieldSlug })),
        allowed.map((one) => ({ ...one, more: true })),
      )
      await fc.assert(
        fc.asyncProperty(changed, async (condition) => {
          const sent = JSON.parse(JSON.stringify(condition))
          if (validate(sent)) return
          const { status } = await list(placed, sent)
          if (status !== 400) taken.push({ at: placed.path, condition: sent, status })
        }),
        { numRuns: RUNS },
      )
    }
    expect(taken).toEqual([])
  })
})

import { beforeAll, describe, expect, it } from '@jest/globals'
import * as queries from '../../connectors/shopify/hands/queries.ts'
import { type AdminSchema, loadAdminSchema } from '../../src/doubles/shopify/schema.ts'

let admin: AdminSchema

beforeAll(async () => {
  admin = await loadAdminSchema()
})

/** Whether Shopify would take it, and whether it names what Shopify is about to remove. */
function faultsOf({ graphql, schema }: AdminSchema, query: string): string[] {
  const document = graphql.parse(query)
  const rules = [...graphql.specifiedRules, graphql.NoDeprecatedCustomRule]
  return graphql.validate(schema, document, rules).map(({ message }) => message)
}

describe('what is asked of Shopify', () => {
  it.each(Object.entries(queries))(
    'fits its own schema, with nothing that is on its way out: %s',
    (_, query) => {
      expect(faultsOf(admin, query)).toEqual([])
    },
  )

  it('TRAP: callbackUrl is on its way out, and this test would say so', () => {
    expect(faultsOf(admin, '{ webhookSubscriptions(first: 1) { nodes { callbackUrl } } }')).toHaveLength(1)
  })
})

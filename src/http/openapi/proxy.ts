import { type JsonSchema, orNull, recordRef } from '../json/json-schema.ts'
import { answered, object } from './answers.ts'
import { errorResponses } from './errors.ts'

/** A record as an end user sees it: without what the schema says is not shown to them. */
const seen = recordRef

/** What pages of shops read. */
export const proxyPaths: Readonly<Record<string, JsonSchema>> = {
  '/proxy/shopify/{connectorId}/streaks': {
    parameters: [
      {
        name: 'connectorId',
        in: 'path',
        required: true,
        description: 'A connector of a Shopify shop.',
        schema: { type: 'string', format: 'uuid' },
      },
    ],
    get: {
      operationId: 'readShopperStreaks',
      tags: ['App proxy'],
      summary: 'Read a shopper’s streaks on a page of the shop',
      description:
        'Shopify’s app proxy asks here for the page that a shopper looks at; it adds `shop`, `timestamp`, `logged_in_customer_id` and a `signature` over all parameters with the app’s client secret. All live streaks, with the shopper’s own parts as an end user sees them: `null` or empty where nobody is signed in, or the account knows no such member. At most 50 streaks, and of each the newest 62 periods, 50 milestones and 50 rewards.',
      security: [],
      responses: {
        '200': answered(
          'The live streaks, and what is the shopper’s own.',
          object({
            data: object({
              member: object({ known: { type: 'boolean' } }),
              streaks: {
                type: 'array',
                items: object({
                  streak: seen('streak'),
                  memberStreak: orNull(seen('member streak')),
                  progress: { type: 'array', items: seen('streak progress') },
                  milestones: { type: 'array', items: seen('milestone') },
                  rewards: { type: 'array', items: seen('reward log') },
                }),
              },
            }),
          }),
        ),
        ...errorResponses([
          'INVALID_INPUT',
          'UNAUTHENTICATED',
          'NOT_FOUND',
          'TOO_MANY_REQUESTS',
          'QUERY_TOO_EXPENSIVE',
          'INTERNAL',
          'OVERLOADED',
          'SECRET_UNREADABLE',
          'STORE_UNAVAILABLE',
        ]),
      },
    },
  },
}

export const proxyTags = [{ name: 'App proxy', description: 'What a Shopify shop’s own pages read.' }]

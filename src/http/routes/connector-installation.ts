import {
  INSTALLATION_STATES,
  PROBLEM_CODES,
  SUBSCRIPTION_STATES,
} from '../../ports/schema/installation-values.ts'
import type { Row } from '../../ports/schema.ts'
import { missedOf } from '../../setup/installation.ts'
import { COUNT_SCHEMA, INSTANT_SCHEMA, orNull } from '../json/json-schema.ts'
import { instantJson, type JsonObject, nullable } from '../json/write-json.ts'

const TEXTS = { type: 'array', items: { type: 'string' } } as const
const TIME = orNull(INSTANT_SCHEMA)

const subscription = {
  topic: { type: 'string' },
  state: { type: 'string', enum: SUBSCRIPTION_STATES },
} as const
const problem = {
  code: { type: 'string', enum: PROBLEM_CODES },
  message: { type: 'string' },
  since: INSTANT_SCHEMA,
} as const

const shown = {
  method: { type: ['string', 'null'], description: 'How the merchant let us in; `null`: not yet.' },
  state: {
    type: 'string',
    enum: INSTALLATION_STATES,
    description:
      '`pending` waits for the merchant’s consent. `needs_attention` stops nothing: see `problem`.',
  },
  scopes: { ...TEXTS, description: 'What the platform grants, as it names it.' },
  missingScopes: { ...TEXTS, description: 'What is wanted and not granted.' },
  subscriptions: {
    description: 'What the platform sends, by topic.',
    type: 'array',
    items: { type: 'object', required: Object.keys(subscription), properties: subscription },
  },
  checkedAt: { ...TIME, description: 'When the platform last answered a check.' },
  firstWebhookAt: {
    ...TIME,
    description: 'When the first webhook came whose signature was right, whatever became of it.',
  },
  lastWebhookAt: { ...TIME, description: 'When the last one came, at most a second late.' },
  pingedAt: { ...TIME, description: 'When the platform last asked whether anybody is there.' },
  reconciledAt: { ...TIME, description: 'Until when it was read back what webhooks may not have delivered.' },
  missed: { ...COUNT_SCHEMA, description: 'How much was found that way in the last 30 days.' },
  problem: {
    ...orNull({ type: 'object', required: Object.keys(problem), properties: problem }),
    description:
      'What a merchant should see to, the most important first; its `since` stays while its `code` does.',
  },
} as const

/** What `installationJson` writes. */
export const installationSchema = { type: 'object', required: Object.keys(shown), properties: shown } as const

const time = (instant: number | null) => nullable(instant, instantJson)

/** How a connector stands with its platform; nothing that opens it. */
export function installationJson(row: Row<'installation'>, now: number): JsonObject {
  const { method, state, scopes, missingScopes, subscriptions } = row
  return {
    method,
    state,
    scopes,
    missingScopes,
    subscriptions: subscriptions.map(({ topic, state }) => ({ topic, state })),
    checkedAt: time(row.checkedAt),
    firstWebhookAt: time(row.firstWebhookAt),
    lastWebhookAt: time(row.lastWebhookAt),
    pingedAt: time(row.pingedAt),
    reconciledAt: time(row.reconciledAt),
    missed: missedOf(row, now),
    problem: nullable(row.problem, ({ since, ...rest }) => ({ ...rest, since: instantJson(since) })),
  }
}

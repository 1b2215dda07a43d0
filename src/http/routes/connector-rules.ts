import type { z } from 'zod'
import { invalid, notBuiltYet } from '../../errors.ts'
import type { Connector } from '../../ports/connector.ts'
import type { ConnectorRule, PurchaseValue } from '../../ports/schema/values.ts'
import { formatQuantity } from '../../streaks/quantity.ts'
import { orNull, QUANTITY_SCHEMA, UUID_SCHEMA } from '../json/json-schema.ts'
import { digitsJson, type JsonObject, nullable } from '../json/write-json.ts'
import { zCurrency, zLater, zList, zObject, zOneOf, zQuantity, zText, zUuid } from '../read/zod.ts'

const MAX_RULES = 50
const VALUES = ['one', 'order_total', 'order_subtotal', 'item_count'] as const satisfies PurchaseValue[]
const AMOUNTS: readonly PurchaseValue[] = ['order_total', 'order_subtotal']
const LATER = ['tags', 'products', 'channels'] as const

const zRule = zObject({
  streakId: zUuid,
  activityId: zText(256).default('made_a_purchase'),
  value: zOneOf(VALUES).default('one'),
  currency: zCurrency.optional(),
  minimumValue: zQuantity.optional(),
  identifyBy: zOneOf(['customer_id', 'email']).default('customer_id'),
  guests: zOneOf(['by_email', 'ignore']).default('by_email'),
  testOrders: zOneOf(['ignore', 'count']).default('ignore'),
  tags: zLater,
  products: zLater,
  channels: zLater,
})

export const zRules = zList(zRule, 0, MAX_RULES)

/** Rules as they are stored. @throws AppError INVALID_INPUT | NOT_BUILT_YET */
export function checkRules(rules: z.output<typeof zRules>, platform: Connector): ConnectorRule[] {
  return rules.map((rule, index) => checkRule(rule, `rules.${index}`, platform))
}

function checkRule(
  rule: z.output<typeof zRule>,
  path: string,
  { platform, values }: Connector,
): ConnectorRule {
  const later = LATER.find((field) => rule[field] !== undefined)
  if (later !== undefined) throw notBuiltYet(`${path}.${later}`, `rules do not look at ${later}`)
  if (!values.includes(rule.value)) {
    throw invalid(`${path}.value`, `must be one of ${values.join(', ')} on ${platform}, not ${rule.value}`)
  }
  const measuresMoney = AMOUNTS.includes(rule.value) || rule.minimumValue !== undefined
  if (measuresMoney && rule.currency === undefined) {
    throw invalid(`${path}.currency`, 'is required where the value or the minimumValue is an amount of money')
  }
  return {
    streakId: rule.streakId,
    activityId: rule.activityId,
    value: rule.value,
    currency: rule.currency ?? null,
    minimumValue: rule.minimumValue === undefined ? null : formatQuantity(rule.minimumValue),
    identifyBy: rule.identifyBy,
    guests: rule.guests,
    testOrders: rule.testOrders,
  }
}

/** What `ruleJson` writes. */
export const ruleSchema = {
  type: 'object',
  required: [
    'streakId',
    'activityId',
    'value',
    'currency',
    'minimumValue',
    'identifyBy',
    'guests',
    'testOrders',
  ],
  properties: {
    streakId: UUID_SCHEMA,
    activityId: { type: 'string' },
    value: { type: 'string', enum: VALUES },
    currency: { type: ['string', 'null'] },
    minimumValue: orNull(QUANTITY_SCHEMA),
    identifyBy: { type: 'string', enum: ['customer_id', 'email'] },
    guests: { type: 'string', enum: ['by_email', 'ignore'] },
    testOrders: { type: 'string', enum: ['ignore', 'count'] },
  },
} as const

export function ruleJson(rule: ConnectorRule): JsonObject {
  return { ...rule, minimumValue: nullable(rule.minimumValue, digitsJson) }
}

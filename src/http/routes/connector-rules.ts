import type { z } from 'zod'
import { invalid } from '../../errors.ts'
import type { Connector } from '../../ports/connector.ts'
import { foldChoice, RULE_CHOICES, type RuleChoices } from '../../ports/schema/choices.ts'
import {
  type ConnectorRule,
  GIFT_CARDS,
  GUESTS,
  IDENTIFY_BY,
  PURCHASE_VALUES,
  type PurchaseValue,
  TEST_ORDERS,
} from '../../ports/schema/values.ts'
import { good, readInteger } from '../../read/values.ts'
import { formatQuantity } from '../../streaks/quantity.ts'
import { type JsonSchema, orNull, QUANTITY_SCHEMA, UUID_SCHEMA } from '../json/json-schema.ts'
import { digitsJson, type JsonObject, nullable } from '../json/write-json.ts'
import { orElseNull, zCurrency, zList, zObject, zOneOf, zQuantity, zRead, zText, zUuid } from '../read/zod.ts'

const MAX_RULES = 50
const AMOUNTS: readonly PurchaseValue[] = ['order_total', 'order_subtotal']

const MAX_WITHIN_DAYS = 3_650
const USUAL_WITHIN_DAYS = 60
const readWithinDays = readInteger(1, MAX_WITHIN_DAYS)
/** Absent it is the usual number of days; null says that there is no limit, here alone. */
const zWithinDays = zRead<number | null>(
  (value) =>
    value === undefined ? good(USUAL_WITHIN_DAYS) : value === null ? good(null) : readWithinDays(value),
  { type: ['integer', 'null'], minimum: 1, maximum: MAX_WITHIN_DAYS, default: USUAL_WITHIN_DAYS },
).optional()

const MAX_CHOICES = 50
const MAX_CHOICE_CHARACTERS = 255
const zChoices = zList(zText(MAX_CHOICE_CHARACTERS), 1, MAX_CHOICES).optional()

/** Fields of a rule in which null says something else than absence. */
export const RULE_NULLS: ReadonlySet<string> = new Set(['rewardWithinDays'])

export const zRule = zObject({
  streakId: zUuid,
  activityId: zText(256).default('made_a_purchase'),
  value: zOneOf(PURCHASE_VALUES).default('one'),
  currency: orElseNull(zCurrency),
  minimumValue: orElseNull(zQuantity),
  identifyBy: zOneOf(IDENTIFY_BY).default('customer_id'),
  guests: zOneOf(GUESTS).default('by_email'),
  testOrders: zOneOf(TEST_ORDERS).default('ignore'),
  giftCards: zOneOf(GIFT_CARDS).default('ignore'),
  rewardWithinDays: zWithinDays,
  tags: zChoices,
  products: zChoices,
  channels: zChoices,
})

export const zRules = zList(zRule, 0, MAX_RULES)

/** Rules as they are stored. @throws AppError INVALID_INPUT */
export function checkRules(rules: z.output<typeof zRules>, platform: Connector): ConnectorRule[] {
  return rules.map((rule, index) => checkRule(rule, `rules.${index}`, platform))
}

export function checkRule(rule: z.output<typeof zRule>, path: string, connector: Connector): ConnectorRule {
  const { platform, values } = connector
  if (!values.includes(rule.value)) {
    throw invalid(`${path}.value`, `must be one of ${values.join(', ')} on ${platform}, not ${rule.value}`)
  }
  const measuresMoney = AMOUNTS.includes(rule.value) || rule.minimumValue !== null
  if (measuresMoney && rule.currency === null) {
    throw invalid(`${path}.currency`, 'is required where the value or the minimumValue is an amount of money')
  }
  const { tags, products, channels, ...kept } = rule
  const { minimumValue, rewardWithinDays = USUAL_WITHIN_DAYS } = kept
  return {
    ...kept,
    ...checkChoices({ tags, products, channels }, path, connector),
    minimumValue: minimumValue === null ? null : formatQuantity(minimumValue),
    rewardWithinDays,
  }
}

/** What the rule chooses purchases by; what it does not choose by is left out. @throws AppError INVALID_INPUT */
function checkChoices(
  given: { readonly [C in keyof RuleChoices]: string[] | undefined },
  path: string,
  { platform, choices }: Connector,
): RuleChoices {
  const stated = RULE_CHOICES.flatMap((choice) => {
    const wanted = given[choice]
    return wanted === undefined ? [] : [[choice, wanted] as const]
  })
  for (const [choice, wanted] of stated) {
    if (!choices.includes(choice)) {
      const can = choices.length === 0 ? '' : `: rules can choose by ${choices.join(', ')} there`
      throw invalid(`${path}.${choice}`, `is nothing that ${platform} tells of a purchase${can}`)
    }
    wanted.forEach((text, index) => {
      const first = wanted.findIndex((other) => foldChoice(other) === foldChoice(text))
      if (first !== index) throw invalid(`${path}.${choice}.${index}`, `is the same as ${choice}.${first}`)
      if (choice !== 'tags' || !text.includes(',')) return
      throw invalid(
        `${path}.${choice}.${index}`,
        'holds a comma, which parts tags: give each tag a place of its own',
      )
    })
  }
  return Object.fromEntries(stated)
}

const shownChoice = { type: ['array', 'null'], items: { type: 'string' } }
const shownRule = {
  streakId: UUID_SCHEMA,
  activityId: { type: 'string' },
  value: { type: 'string', enum: PURCHASE_VALUES },
  currency: { type: ['string', 'null'] },
  minimumValue: orNull(QUANTITY_SCHEMA),
  identifyBy: { type: 'string', enum: IDENTIFY_BY },
  guests: { type: 'string', enum: GUESTS },
  testOrders: { type: 'string', enum: TEST_ORDERS },
  giftCards: { type: 'string', enum: GIFT_CARDS },
  rewardWithinDays: { type: ['integer', 'null'] },
  tags: shownChoice,
  products: shownChoice,
  channels: shownChoice,
} satisfies Readonly<Record<keyof ConnectorRule, JsonSchema>>

/** What `ruleJson` writes. */
export const ruleSchema = { type: 'object', required: Object.keys(shownRule), properties: shownRule }

export function ruleJson(rule: ConnectorRule): JsonObject {
  // what a rule meant before there was the choice it means still
  const { giftCards = 'count', rewardWithinDays = null, tags = null, products = null, channels = null } = rule
  const minimumValue = nullable(rule.minimumValue, digitsJson)
  return { ...rule, minimumValue, giftCards, rewardWithinDays, tags, products, channels }
}

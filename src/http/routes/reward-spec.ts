import type { z } from 'zod'
import { invalid } from '../../errors.ts'
import type { RewardSpec } from '../../ports/schema/values.ts'
import { bad, readText } from '../../read/values.ts'
import { formatQuantity, QUANTITY_SCALE } from '../../streaks/quantity.ts'
import { QUANTITY_SCHEMA, UUID_SCHEMA } from '../json/json-schema.ts'
import { digitsJson, type JsonObject } from '../json/write-json.ts'
import { zCurrency, zInteger, zObject, zPositiveQuantity, zQuantity, zRead, zUuid } from '../read/zod.ts'

const MAX_EXPIRY_DAYS = 3650
const MAX_HOLD_DAYS = 90
const MAX_PREFIX_CHARACTERS = 20
const HUNDRED = 100n * QUANTITY_SCALE

const zPrefix = zRead<string>(
  (value) => {
    const text = readText(MAX_PREFIX_CHARACTERS)(value)
    return !text.ok || /^[A-Z0-9-]+$/.test(text.value) ? text : bad('may only hold A to Z, 0 to 9 and -')
  },
  { type: 'string', maxLength: MAX_PREFIX_CHARACTERS, pattern: '^[A-Z0-9-]+$' },
)

export const zReward = zObject({
  providerId: zUuid,
  discount: zObject({
    percentage: zPositiveQuantity.optional(),
    amount: zPositiveQuantity.optional(),
    currency: zCurrency.optional(),
  }),
  expiresInDays: zInteger(1, MAX_EXPIRY_DAYS).optional(),
  holdDays: zInteger(0, MAX_HOLD_DAYS).optional(),
  minimumSubtotal: zQuantity.optional(),
  prefix: zPrefix.optional(),
})

type RewardInput = z.output<typeof zReward>

/** The reward as it is stored. @throws AppError INVALID_INPUT */
export function rewardSpec(input: RewardInput): RewardSpec {
  return {
    providerId: input.providerId,
    discount: discountOf(input.discount),
    ...(input.expiresInDays === undefined ? {} : { expiresInDays: input.expiresInDays }),
    // none is what it is without it
    ...(input.holdDays === undefined || input.holdDays === 0 ? {} : { holdDays: input.holdDays }),
    ...(input.minimumSubtotal === undefined
      ? {}
      : { minimumSubtotal: formatQuantity(input.minimumSubtotal) }),
    ...(input.prefix === undefined ? {} : { prefix: input.prefix }),
  }
}

function discountOf({ percentage, amount, currency }: RewardInput['discount']): RewardSpec['discount'] {
  if (percentage !== undefined) {
    if (amount !== undefined || currency !== undefined) {
      throw invalid('reward.discount', 'has either a percentage, or an amount and its currency')
    }
    if (percentage > HUNDRED) throw invalid('reward.discount.percentage', 'must be above 0 and at most 100')
    return { percentage: formatQuantity(percentage) }
  }
  if (amount === undefined)
    throw invalid('reward.discount', 'needs a percentage, or an amount and its currency')
  if (currency === undefined) throw invalid('reward.discount.currency', 'is required with an amount')
  return { amount: formatQuantity(amount), currency }
}

/** What `rewardSpecJson` writes. */
export const rewardSpecSchema = {
  type: 'object',
  required: ['providerId', 'discount'],
  properties: {
    providerId: UUID_SCHEMA,
    discount: {
      anyOf: [
        { type: 'object', required: ['percentage'], properties: { percentage: QUANTITY_SCHEMA } },
        {
          type: 'object',
          required: ['amount', 'currency'],
          properties: { amount: QUANTITY_SCHEMA, currency: { type: 'string', pattern: '^[A-Z]{3}$' } },
        },
      ],
    },
    expiresInDays: { type: 'integer', minimum: 1, maximum: MAX_EXPIRY_DAYS },
    holdDays: { type: 'integer', minimum: 1, maximum: MAX_HOLD_DAYS },
    minimumSubtotal: QUANTITY_SCHEMA,
    prefix: { type: 'string', maxLength: MAX_PREFIX_CHARACTERS },
  },
} as const

export function rewardSpecJson(reward: RewardSpec): JsonObject {
  const { discount, minimumSubtotal, ...rest } = reward
  return {
    ...rest,
    discount:
      'percentage' in discount
        ? { percentage: digitsJson(discount.percentage) }
        : { amount: digitsJson(discount.amount), currency: discount.currency },
    ...(minimumSubtotal === undefined ? {} : { minimumSubtotal: digitsJson(minimumSubtotal) }),
  }
}

import type { z } from 'zod'
import { invalid } from '../../errors.ts'
import type { Caps } from '../../ports/schema/values.ts'
import { formatQuantity } from '../../streaks/quantity.ts'
import { orNull, QUANTITY_SCHEMA } from '../json/json-schema.ts'
import { digitsJson, type JsonObject, nullable } from '../json/write-json.ts'
import { zCurrency, zInteger, zObject, zQuantity } from '../read/zod.ts'
import { maybe } from '../shape.ts'

const MAX_REWARDS = 1_000_000_000
const zCount = zInteger(0, MAX_REWARDS)

const zCaps = zObject({
  rewardsPerDay: zCount.optional(),
  rewardsPerMonth: zCount.optional(),
  rewardsTotal: zCount.optional(),
  amountPerMonth: zQuantity.optional(),
  amountTotal: zQuantity.optional(),
  currency: zCurrency.optional(),
})

/** Caps as they are stored. @throws AppError INVALID_INPUT */
export function capsSpec({ amountPerMonth, amountTotal, ...rest }: z.output<typeof zCaps>): Caps {
  const isMoney = amountPerMonth !== undefined || amountTotal !== undefined
  if (isMoney && rest.currency === undefined) throw invalid('caps.currency', 'is required with an amount')
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
  return {
    ...given,
    ...(amountPerMonth === undefined ? {} : { amountPerMonth: formatQuantity(amountPerMonth) }),
    ...(amountTotal === undefined ? {} : { amountTotal: formatQuantity(amountTotal) }),
  }
}

const COUNT_SCHEMA = { type: 'integer', minimum: 0, maximum: MAX_REWARDS } as const

/** What `capsJson` writes. */
const capsSchema = {
  type: 'object',
  properties: {
    rewardsPerDay: COUNT_SCHEMA,
    rewardsPerMonth: COUNT_SCHEMA,
    rewardsTotal: COUNT_SCHEMA,
    amountPerMonth: QUANTITY_SCHEMA,
    amountTotal: QUANTITY_SCHEMA,
    currency: { type: 'string', pattern: '^[A-Z]{3}$' },
  },
} as const

function capsJson({ amountPerMonth, amountTotal, ...rest }: Caps): JsonObject {
  return {
    ...rest,
    ...(amountPerMonth === undefined ? {} : { amountPerMonth: digitsJson(amountPerMonth) }),
    ...(amountTotal === undefined ? {} : { amountTotal: digitsJson(amountTotal) }),
  }
}

/** Of an account and of a milestone. */
export const capsField = {
  ...maybe(zCaps),
  schema: orNull(capsSchema),
  show: ({ caps }: { readonly caps: Caps | null }) => nullable(caps, capsJson),
}

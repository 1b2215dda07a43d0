import { z } from 'zod'

const amount = z.string().regex(/^\d{1,12}(\.\d{1,3})?$/)
const digits = z.string().regex(/^\d{1,19}$/)

const lineShape = z.strictObject({
  title: z.string().default('Coffee'),
  quantity: z.int().min(1).default(1),
  price: amount.default('20.00'),
  giftCard: z.boolean().default(false),
  discount: amount.default('0'),
  tax: amount.default('0'),
  sku: z.string().nullable().default(null),
  productId: digits.nullable().default(null),
  variantId: digits.nullable().default(null),
})

export const orderShape = z.strictObject({
  shop: z.string().optional(),
  /** Shopify's own id; drawn where absent. */
  id: digits.optional(),
  customer: z
    .strictObject({
      id: digits.optional(),
      email: z.string().nullable().default(null),
      phone: z.string().nullable().default(null),
      firstName: z.string().nullable().default(null),
      lastName: z.string().nullable().default(null),
    })
    .nullable()
    .default(null),
  email: z.string().nullable().default(null),
  phone: z.string().nullable().default(null),
  countryCode: z.string().length(2).nullable().default(null),
  lines: z
    .array(lineShape)
    .min(1)
    .max(250)
    .default([lineShape.parse({})]),
  shipping: z
    .strictObject({ price: amount, tax: amount.default('0') })
    .nullable()
    .default(null),
  tip: amount.default('0'),
  taxesIncluded: z.boolean().default(true),
  currency: z.string().length(3).optional(),
  presentmentCurrency: z.string().length(3).optional(),
  rate: z.number().positive().default(1),
  discountCodes: z.array(z.string()).default([]),
  payment: z.enum(['paid', 'pending', 'authorized']).default('paid'),
  gateway: z.string().default('shopify_payments'),
  test: z.boolean().default(false),
  sourceName: z.string().default('web'),
  processedAt: z.iso.datetime({ offset: true }).optional(),
  createdAt: z.iso.datetime({ offset: true }).optional(),
  /** Whether webhooks tell of it. */
  tell: z.boolean().default(true),
})

export const manyShape = z.strictObject({
  count: z.int().min(1).max(10_000),
  /** The first is as old as this says, the others follow at this distance. */
  from: z.iso.datetime({ offset: true }),
  everySeconds: z.number().min(0).default(60),
  /** What all have in common. */
  order: z.record(z.string(), z.unknown()).default({}),
})

export const refundShape = z.strictObject({
  /** Lines by their place in the order, from 0. */
  lines: z
    .array(
      z.strictObject({
        line: z.int().min(0),
        quantity: z.int().min(1),
        restockType: z.enum(['no_restock', 'cancel', 'return']).default('return'),
      }),
    )
    .default([]),
  shipping: amount.optional(),
  /** Money that goes back, in the shop's currency; the sum of the parts where absent, none with "0". */
  amount: amount.optional(),
  state: z.enum(['success', 'pending', 'failure', 'error']).default('success'),
  note: z.string().nullable().default(null),
})

export const editShape = z.strictObject({
  add: z.array(lineShape).default([]),
  remove: z.array(z.strictObject({ line: z.int().min(0), quantity: z.int().min(1) })).default([]),
})

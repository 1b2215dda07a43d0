import type { Discounts, DiscountWish, FoundDiscount, Site } from '../../../src/ports/hands.ts'
import type { Told } from '../../../src/ports/platform-calls.ts'
import { doorOf, readAccess } from './access.ts'
import type { Admin } from './admin.ts'
import { deadlineIn } from './deadline.ts'
import { CREATE_DISCOUNT, DISCOUNT_BY_CODE, END_DISCOUNT } from './queries.ts'
import { refuse, unavailable } from './told.ts'

/** Coupons are waited for no longer, with all tries. */
const COUPON_MS = 10_000
/** Whom the discount is for goes by two names, and which of them a refusal uses is not documented. */
const GONE_CUSTOMER = /^basicCodeDiscount\.(context|customerSelection)(\.|$)/

interface UserError {
  readonly field: readonly string[] | null
  readonly code: string | null
  readonly message: string
}

interface Node {
  readonly id: string
  readonly codeDiscount: {
    readonly title?: string
    readonly tags?: readonly string[]
    readonly asyncUsageCount?: number
  }
}

interface Changed {
  readonly codeDiscountNode: Node | null
  readonly userErrors: readonly UserError[]
}

/** Discount codes of a shop, ahead of everything else that is asked of it where points are short. */
export function createDiscounts(admin: Admin): Discounts {
  function ask<T>(
    site: Site,
    given: Parameters<Discounts['find']>[1],
    query: string,
    variables: Readonly<Record<string, unknown>>,
  ): Promise<Told<T>> {
    const deadline = deadlineIn(COUPON_MS, site.signal)
    return admin.ask<T>(doorOf(site, readAccess(given)), query, variables, { priority: 'coupon', deadline })
  }

  return {
    currencyOf: (access) => readAccess(access).currency,

    async find(site, access, code) {
      const told = await ask<{ codeDiscountNodeByCode: Node | null }>(site, access, DISCOUNT_BY_CODE, {
        code,
      })
      if (told.outcome !== 'ok') return told
      const { codeDiscountNodeByCode: node } = told.value
      return { outcome: 'ok', value: node === null ? null : foundOf(node) }
    },

    async create(site, access, wish) {
      const told = await ask<{ discountCodeBasicCreate: Changed }>(site, access, CREATE_DISCOUNT, {
        basicCodeDiscount: inputOf(wish),
      })
      if (told.outcome !== 'ok') return told
      const { codeDiscountNode: node, userErrors } = told.value.discountCodeBasicCreate
      if (userErrors.some(({ code }) => code === 'TAKEN')) return { outcome: 'ok', value: 'taken' }
      // a wish for a customer alone can be refused for the customer
      if (wish.customerId !== null && userErrors.some(isOfCustomer)) {
        return { outcome: 'ok', value: 'customer_gone' }
      }
      const [fault] = userErrors
      if (fault !== undefined) return refuse('request', wordsOf(fault))
      return node === null ? unavailable('200 without a discount') : { outcome: 'ok', value: 'created' }
    },

    async end(site, access, id) {
      const told = await ask<{ discountCodeDeactivate: Changed }>(site, access, END_DISCOUNT, { id })
      if (told.outcome !== 'ok') return told
      const { codeDiscountNode: node, userErrors } = told.value.discountCodeDeactivate
      if (node !== null) return { outcome: 'ok', value: foundOf(node) }
      const [fault] = userErrors
      // it was there a moment ago: what cannot be ended by its id was deleted
      if (fault?.code === 'INVALID' || fault?.code === null) return { outcome: 'ok', value: null }
      return fault === undefined ? unavailable('200 without a discount') : refuse('request', wordsOf(fault))
    },
  }
}

function isOfCustomer({ field }: UserError): boolean {
  return GONE_CUSTOMER.test((field ?? []).join('.'))
}

function wordsOf({ code, message }: UserError): string {
  return [code, message].filter((word) => word !== null && word !== '').join(': ')
}

function foundOf({ id, codeDiscount }: Node): FoundDiscount {
  const { title = '', tags = [], asyncUsageCount } = codeDiscount
  return { id, title, tags, used: asyncUsageCount ?? null }
}

function inputOf(wish: DiscountWish) {
  const { discount, minimumSubtotal, endsAt, customerId, combinesWith } = wish
  const value =
    'percentage' in discount
      ? { percentage: Number(discount.percentage) / 100 }
      : { discountAmount: { amount: discount.amount, appliesOnEachItem: false } }
  return {
    code: wish.code,
    title: wish.title,
    tags: wish.tags,
    startsAt: new Date(wish.startsAt).toISOString(),
    endsAt: endsAt === null ? null : new Date(endsAt).toISOString(),
    customerGets: { value, items: { all: true } },
    ...(minimumSubtotal === null
      ? {}
      : { minimumRequirement: { subtotal: { greaterThanOrEqualToSubtotal: minimumSubtotal } } }),
    usageLimit: 1,
    appliesOncePerCustomer: true,
    combinesWith: {
      orderDiscounts: combinesWith.order,
      productDiscounts: combinesWith.product,
      shippingDiscounts: combinesWith.shipping,
    },
    context:
      customerId === null ? { all: 'ALL' } : { customers: { add: [`gid://shopify/Customer/${customerId}`] } },
  }
}

import { connectionOf, idOf, type PageArguments } from './connection.ts'
import { customerGraph } from './customer-graph.ts'
import { type DiscountInput, fault, faultsOf, findByCode, idsOf, type UserError } from './discount-faults.ts'
import type { Caller } from './execute.ts'
import { gid } from './json-parts.ts'
import { fromMinor, toMinor } from './money.ts'
import type { Discount } from './state.ts'

/** `discountCodeBasicCreate`: what is wrong comes back in `userErrors`, with 200. */
export function createDiscount(
  { basicCodeDiscount: given }: { basicCodeDiscount: DiscountInput },
  caller: Caller,
): object {
  const { world, shop, app } = caller
  const userErrors = faultsOf(given, caller)
  if (userErrors.length > 0) return { codeDiscountNode: null, userErrors }
  const now = world.clock.now()
  const { value } = given.customerGets ?? {}
  const { subtotal, quantity } = given.minimumRequirement ?? {}
  const money = (amount: unknown): string => fromMinor(toMinor(String(amount), shop.currency), shop.currency)
  const discount = world.state.discounts.put({
    id: world.state.newId(),
    shop: shop.id,
    clientId: app.id,
    code: given.code ?? '',
    title: given.title ?? '',
    startsAt: Date.parse(given.startsAt ?? ''),
    endsAt: given.endsAt == null ? null : Date.parse(given.endsAt),
    usageLimit: given.usageLimit ?? null,
    appliesOncePerCustomer: given.appliesOncePerCustomer ?? false,
    tags: given.tags ?? [],
    percentage: value?.percentage ?? null,
    amount: value?.discountAmount == null ? null : money(value.discountAmount.amount),
    appliesOnEachItem: value?.discountAmount?.appliesOnEachItem ?? false,
    customerIds: (idsOf(given) ?? []).map((id) => idOf(id, 'Customer') ?? ''),
    minimumSubtotal: subtotal == null ? null : money(subtotal.greaterThanOrEqualToSubtotal),
    minimumQuantity: quantity == null ? null : String(quantity.greaterThanOrEqualToQuantity),
    combinesWith: {
      order: given.combinesWith?.orderDiscounts ?? false,
      product: given.combinesWith?.productDiscounts ?? false,
      shipping: given.combinesWith?.shippingDiscounts ?? false,
    },
    used: 0,
    usedAt: [],
    createdAt: now,
    updatedAt: now,
  })
  return { codeDiscountNode: nodeOf(discount, caller), userErrors: [] }
}

export function discountByCode({ code }: { code: string }, caller: Caller): object | null {
  const found = findByCode(caller.world.state, caller.shop.id, code)
  return found === undefined ? null : nodeOf(found, caller)
}

export function discountById({ id }: { id: string }, caller: Caller): object | null {
  const found = find(id, caller)
  if (found === undefined) return null
  return { id: gid('DiscountNode', found.id), discount: discountGraph(found, caller) }
}

/** Ends a discount at once; it can be made active again, and its code stays taken. */
export function deactivateDiscount({ id }: { id: string }, caller: Caller): object {
  const found = find(id, caller)
  if (found === undefined) return { codeDiscountNode: null, userErrors: [gone()] }
  const now = caller.world.clock.now()
  const endsAt = found.endsAt === null || found.endsAt > now ? now : found.endsAt
  const ended = caller.world.state.discounts.put({ ...found, endsAt, updatedAt: now })
  return { codeDiscountNode: nodeOf(ended, caller), userErrors: [] }
}

export function activateDiscount({ id }: { id: string }, caller: Caller): object {
  const found = find(id, caller)
  if (found === undefined) return { codeDiscountNode: null, userErrors: [gone()] }
  const active = caller.world.state.discounts.put({
    ...found,
    endsAt: null,
    updatedAt: caller.world.clock.now(),
  })
  return { codeDiscountNode: nodeOf(active, caller), userErrors: [] }
}

export function deleteDiscount({ id }: { id: string }, caller: Caller): object {
  const found = find(id, caller)
  if (found === undefined) return { deletedCodeDiscountId: null, userErrors: [gone()] }
  caller.world.state.discounts.delete(found.id)
  return { deletedCodeDiscountId: gid('DiscountCodeNode', found.id), userErrors: [] }
}

function gone(): UserError {
  return fault(['id'], 'INVALID', 'Discount does not exist.')
}

function find(id: string, { world, shop }: Caller): Discount | undefined {
  const found = world.state.discounts.get(idOf(id, 'DiscountCodeNode', 'DiscountNode') ?? '')
  return found?.shop === shop.id ? found : undefined
}

function nodeOf(discount: Discount, caller: Caller): object {
  return {
    __typename: 'DiscountCodeNode',
    id: gid('DiscountCodeNode', discount.id),
    codeDiscount: discountGraph(discount, caller),
  }
}

export function statusOf({ startsAt, endsAt }: Discount, now: number): 'ACTIVE' | 'EXPIRED' | 'SCHEDULED' {
  if (endsAt !== null && endsAt <= now) return 'EXPIRED'
  return startsAt > now ? 'SCHEDULED' : 'ACTIVE'
}

function discountGraph(discount: Discount, caller: Caller): object {
  const { world, shop } = caller
  const at = (time: number | null): string | null =>
    time === null ? null : new Date(time).toISOString().replace('.000Z', 'Z')
  const money = (amount: string): object => ({ amount, currencyCode: shop.currency })
  const shownUntil = world.clock.now() - shop.usageLagSeconds * 1_000
  const asyncUsageCount = discount.usedAt.filter((at) => at <= shownUntil).length
  const code = { id: discount.id, code: discount.code, asyncUsageCount }
  return {
    __typename: 'DiscountCodeBasic',
    title: discount.title,
    status: statusOf(discount, world.clock.now()),
    startsAt: at(discount.startsAt),
    endsAt: at(discount.endsAt),
    createdAt: at(discount.createdAt),
    updatedAt: at(discount.updatedAt),
    usageLimit: discount.usageLimit,
    appliesOncePerCustomer: discount.appliesOncePerCustomer,
    tags: discount.tags,
    asyncUsageCount,
    recurringCycleLimit: null,
    discountClasses: ['ORDER'],
    codesCount: { count: 1, precision: 'EXACT' },
    codes: (given: PageArguments) =>
      connectionOf([code], given, (one) => ({ ...one, id: gid('DiscountRedeemCode', one.id) })),
    combinesWith: {
      orderDiscounts: discount.combinesWith.order,
      productDiscounts: discount.combinesWith.product,
      shippingDiscounts: discount.combinesWith.shipping,
      productDiscountsWithTagsOnSameCartLine: [],
    },
    context:
      discount.customerIds.length === 0
        ? { __typename: 'DiscountBuyerSelectionAll', all: 'ALL' }
        : {
            __typename: 'DiscountCustomers',
            customers: () =>
              discount.customerIds.flatMap((id) => {
                const customer = world.state.customers.get(id)
                return customer === undefined ? [] : [customerGraph(customer, caller)]
              }),
          },
    customerGets: {
      appliesOnOneTimePurchase: true,
      appliesOnSubscription: false,
      items: { __typename: 'AllDiscountItems', allItems: true },
      value:
        discount.percentage !== null
          ? { __typename: 'DiscountPercentage', percentage: discount.percentage }
          : {
              __typename: 'DiscountAmount',
              amount: money(discount.amount ?? '0'),
              appliesOnEachItem: discount.appliesOnEachItem,
            },
    },
    minimumRequirement:
      discount.minimumSubtotal !== null
        ? {
            __typename: 'DiscountMinimumSubtotal',
            greaterThanOrEqualToSubtotal: money(discount.minimumSubtotal),
          }
        : discount.minimumQuantity !== null
          ? { __typename: 'DiscountMinimumQuantity', greaterThanOrEqualToQuantity: discount.minimumQuantity }
          : null,
  }
}

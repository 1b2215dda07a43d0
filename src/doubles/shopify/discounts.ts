import { connectionOf, idOf, type PageArguments } from './connection.ts'
import { customerGraph } from './customer-graph.ts'
import type { Caller } from './execute.ts'
import { gid } from './json-parts.ts'
import { fromMinor, toMinor } from './money.ts'
import type { Discount, ShopifyState } from './state.ts'

const MAX_CODE_CHARACTERS = 255
const MAX_TAGS = 5
const ROOT = 'basicCodeDiscount'

interface DiscountInput {
  readonly title?: string | null
  readonly code?: string | null
  readonly startsAt?: string | null
  readonly endsAt?: string | null
  readonly usageLimit?: number | null
  readonly appliesOncePerCustomer?: boolean | null
  readonly tags?: readonly string[] | null
  readonly context?: { readonly customers?: { readonly add?: readonly string[] | null } | null } | null
  readonly customerSelection?: object | null
  readonly customerGets?: {
    readonly value?: {
      readonly percentage?: number | null
      readonly discountAmount?: {
        readonly amount?: string | number | null
        readonly appliesOnEachItem?: boolean | null
      } | null
    } | null
    readonly items?: { readonly all?: boolean | null } | null
  } | null
  readonly minimumRequirement?: {
    readonly subtotal?: { readonly greaterThanOrEqualToSubtotal?: string | number | null } | null
    readonly quantity?: { readonly greaterThanOrEqualToQuantity?: string | number | null } | null
  } | null
  readonly combinesWith?: {
    readonly orderDiscounts?: boolean | null
    readonly productDiscounts?: boolean | null
    readonly shippingDiscounts?: boolean | null
  } | null
}

interface UserError {
  readonly field: string[]
  readonly code: string
  readonly message: string
  readonly extraInfo: null
}

function fault(field: readonly string[], code: string, message: string): UserError {
  return { field: [...field], code, message, extraInfo: null }
}

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
    customerIds: (given.context?.customers?.add ?? []).map((id) => idOf(id, 'Customer') ?? ''),
    minimumSubtotal: subtotal == null ? null : money(subtotal.greaterThanOrEqualToSubtotal),
    minimumQuantity: quantity == null ? null : String(quantity.greaterThanOrEqualToQuantity),
    combinesWith: {
      order: given.combinesWith?.orderDiscounts ?? false,
      product: given.combinesWith?.productDiscounts ?? false,
      shipping: given.combinesWith?.shippingDiscounts ?? false,
    },
    used: 0,
    createdAt: now,
    updatedAt: now,
  })
  return { codeDiscountNode: nodeOf(discount, caller), userErrors: [] }
}

function faultsOf(given: DiscountInput, caller: Caller): UserError[] {
  const faults: UserError[] = []
  const refuse = (path: string, code: string, message: string): void => {
    faults.push(fault([ROOT, ...path.split('.')], code, message))
  }
  const code = given.code ?? ''
  if ((given.title ?? '').trim() === '') refuse('title', 'BLANK', "Title can't be blank")
  if (code.trim() === '') refuse('code', 'BLANK', "Code can't be blank")
  if (code.length > MAX_CODE_CHARACTERS)
    refuse('code', 'TOO_LONG', `Code is too long (maximum is ${MAX_CODE_CHARACTERS} characters)`)
  if (given.startsAt == null) refuse('startsAt', 'BLANK', "Starts at can't be blank")
  if (given.context == null && given.customerSelection == null)
    refuse('context', 'BLANK', "Context can't be blank")
  if (given.context != null && given.customerSelection != null)
    refuse('context', 'CONFLICT', 'Only one of context and customerSelection may be given')
  if (given.endsAt != null && Date.parse(given.endsAt) <= Date.parse(given.startsAt ?? '')) {
    refuse('endsAt', 'END_DATE_BEFORE_START_DATE', 'Ends at must be after starts at')
  }
  if ((given.usageLimit ?? 1) < 1) refuse('usageLimit', 'GREATER_THAN', 'Usage limit must be greater than 0')
  if ((given.tags ?? []).length > MAX_TAGS)
    refuse('tags', 'TOO_MANY_TAGS', `No more than ${MAX_TAGS} tags are allowed`)
  const { subtotal, quantity } = given.minimumRequirement ?? {}
  if (subtotal != null && quantity != null) {
    refuse(
      'minimumRequirement',
      'MINIMUM_SUBTOTAL_AND_QUANTITY_RANGE_BOTH_PRESENT',
      'Minimum subtotal and quantity cannot both be present',
    )
  }
  checkValue(given, caller, refuse)
  for (const id of given.context?.customers?.add ?? []) {
    const known = caller.world.state.customers.get(idOf(id, 'Customer') ?? '')
    if (known?.shop !== caller.shop.id)
      refuse('context.customers.add', 'INVALID', `Customer with id: ${id} is invalid`)
  }
  if (code !== '' && findByCode(caller.world.state, caller.shop.id, code) !== undefined) {
    refuse('code', 'TAKEN', 'Code must be unique. Please try a different code.')
  }
  return faults
}

function checkValue(
  { customerGets }: DiscountInput,
  { shop }: Caller,
  refuse: (path: string, code: string, message: string) => void,
): void {
  const { percentage, discountAmount } = customerGets?.value ?? {}
  if (customerGets?.items == null) refuse('customerGets.items', 'BLANK', "Items can't be blank")
  else if (customerGets.items.all !== true)
    refuse('customerGets.items', 'APPLIES_ON_NOTHING', 'Applies on nothing')
  if (percentage == null && discountAmount == null) {
    refuse('customerGets.value', 'BLANK', "Value can't be blank")
    return
  }
  if (percentage != null && discountAmount != null) {
    refuse('customerGets.value', 'CONFLICT', 'Only one of percentage and discountAmount may be given')
    return
  }
  if (percentage != null && (percentage <= 0 || percentage > 1)) {
    refuse('customerGets.value.percentage', 'VALUE_OUTSIDE_RANGE', 'Value must be between 0.0 and 1.0')
  }
  if (discountAmount == null) return
  try {
    if (toMinor(String(discountAmount.amount ?? '0'), shop.currency) > 0n) return
  } catch {
    // an amount that the currency does not have: refused as well
  }
  refuse('customerGets.value.discountAmount.amount', 'GREATER_THAN', 'Amount must be greater than 0')
}

/** Codes are unique in a shop, whatever their case. */
export function findByCode({ discounts }: ShopifyState, shop: string, code: string): Discount | undefined {
  const wanted = code.toLowerCase()
  return discounts.find((one) => one.shop === shop && one.code.toLowerCase() === wanted)
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
  const code = { id: discount.id, code: discount.code, asyncUsageCount: discount.used }
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
    asyncUsageCount: discount.used,
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

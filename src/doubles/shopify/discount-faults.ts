import { idOf } from './connection.ts'
import type { Caller } from './execute.ts'
import { toMinor } from './money.ts'
import type { Discount, ShopifyState } from './state.ts'

const MAX_TEXT = 255
const MAX_TAGS = 5
const ROOT = 'basicCodeDiscount'

interface Customers {
  readonly add?: readonly string[] | null
}

/** What is read of `DiscountCodeBasicInput`; all else that the schema has in it is refused, not passed over. */
export interface DiscountInput {
  readonly title?: string | null
  readonly code?: string | null
  readonly startsAt?: string | null
  readonly endsAt?: string | null
  readonly usageLimit?: number | null
  readonly recurringCycleLimit?: number | null
  readonly appliesOncePerCustomer?: boolean | null
  readonly tags?: readonly string[] | null
  readonly context?: {
    readonly all?: string | null
    readonly customers?: Customers | null
    readonly customerSegments?: object | null
    readonly markets?: object | null
  } | null
  readonly customerSelection?: {
    readonly all?: boolean | null
    readonly customers?: Customers | null
    readonly customerSegments?: object | null
  } | null
  readonly customerGets?: {
    readonly appliesOnOneTimePurchase?: boolean | null
    readonly appliesOnSubscription?: boolean | null
    readonly value?: {
      readonly percentage?: number | null
      readonly discountAmount?: {
        readonly amount?: string | number | null
        readonly appliesOnEachItem?: boolean | null
      } | null
      readonly discountOnQuantity?: object | null
    } | null
    readonly items?: {
      readonly all?: boolean | null
      readonly collections?: object | null
      readonly products?: object | null
    } | null
  } | null
  readonly minimumRequirement?: {
    readonly subtotal?: { readonly greaterThanOrEqualToSubtotal?: string | number | null } | null
    readonly quantity?: { readonly greaterThanOrEqualToQuantity?: string | number | null } | null
  } | null
  readonly combinesWith?: {
    readonly orderDiscounts?: boolean | null
    readonly productDiscounts?: boolean | null
    readonly shippingDiscounts?: boolean | null
    readonly productDiscountsWithTagsOnSameCartLine?: object | null
  } | null
}

export interface UserError {
  readonly field: string[]
  readonly code: string
  readonly message: string
  readonly extraInfo: null
}

type Refuse = (path: string, code: string, message: string) => void

/** The platform would take it, and this double would not do it: nobody is to believe that it did. */
class NotPlayed extends Error {
  readonly extensions = { code: 'NOT_IN_THE_DOUBLE' }
}

export function fault(field: readonly string[], code: string, message: string): UserError {
  return { field: [...field], code, message, extraInfo: null }
}

/** Whom a discount is for; null: all. */
export function idsOf({ context, customerSelection }: DiscountInput): readonly string[] | null {
  const { customers } = context ?? customerSelection ?? {}
  return customers == null ? null : (customers.add ?? [])
}

/** Codes are unique in a shop, whatever their case. */
export function findByCode({ discounts }: ShopifyState, shop: string, code: string): Discount | undefined {
  const wanted = code.toLowerCase()
  return discounts.find((one) => one.shop === shop && one.code.toLowerCase() === wanted)
}

/** What Shopify has against a discount, each by the field that it is about. @throws NotPlayed */
export function faultsOf(given: DiscountInput, caller: Caller): UserError[] {
  refuseNotPlayed(given)
  const faults: UserError[] = []
  const refuse: Refuse = (path, code, message) => {
    faults.push(fault([ROOT, ...path.split('.')], code, message))
  }
  checkTexts(given, refuse)
  checkTimes(given, refuse)
  checkValue(given, caller, refuse)
  checkMinimum(given, caller, refuse)
  checkBuyers(given, caller, refuse)
  const { code } = given
  if (code != null && findByCode(caller.world.state, caller.shop.id, code) !== undefined) {
    refuse('code', 'TAKEN', 'Code must be unique. Please try a different code.')
  }
  return faults
}

function refuseNotPlayed({ context, customerSelection, customerGets, combinesWith }: DiscountInput): void {
  const others = {
    'context.customerSegments': context?.customerSegments,
    'context.markets': context?.markets,
    'customerSelection.customerSegments': customerSelection?.customerSegments,
    'customerGets.items.collections': customerGets?.items?.collections,
    'customerGets.items.products': customerGets?.items?.products,
    'customerGets.value.discountOnQuantity': customerGets?.value?.discountOnQuantity,
    'combinesWith.productDiscountsWithTagsOnSameCartLine':
      combinesWith?.productDiscountsWithTagsOnSameCartLine,
  }
  const [name] = Object.entries(others).find(([, value]) => value != null) ?? []
  if (name !== undefined) throw new NotPlayed(`this double of Shopify does not play ${ROOT}.${name}`)
}

function checkTexts({ title, code, tags }: DiscountInput, refuse: Refuse): void {
  for (const [name, word, text] of [
    ['title', 'Title', title ?? ''],
    ['code', 'Code', code ?? ''],
  ] as const) {
    if (text.trim() === '') refuse(name, 'BLANK', `${word} can't be blank`)
    if (text.length > MAX_TEXT)
      refuse(name, 'TOO_LONG', `${word} is too long (maximum is ${MAX_TEXT} characters)`)
  }
  if ((tags ?? []).length > MAX_TAGS)
    refuse('tags', 'TOO_MANY_TAGS', `No more than ${MAX_TAGS} tags are allowed`)
  if ((tags ?? []).some((tag) => tag.length > MAX_TEXT))
    refuse('tags', 'INVALID_TAG_LENGTH', `A tag has at most ${MAX_TEXT} characters`)
}

function checkTimes(
  { startsAt, endsAt, usageLimit, recurringCycleLimit }: DiscountInput,
  refuse: Refuse,
): void {
  if (startsAt == null) refuse('startsAt', 'BLANK', "Starts at can't be blank")
  if (endsAt != null && Date.parse(endsAt) <= Date.parse(startsAt ?? '')) {
    refuse('endsAt', 'END_DATE_BEFORE_START_DATE', 'Ends at must be after starts at')
  }
  if ((usageLimit ?? 1) < 1) refuse('usageLimit', 'GREATER_THAN', 'Usage limit must be greater than 0')
  if ((recurringCycleLimit ?? 1) !== 1) {
    refuse(
      'recurringCycleLimit',
      'MULTIPLE_RECURRING_CYCLE_LIMIT_FOR_NON_SUBSCRIPTION_ITEMS',
      'Recurring cycle limit must be 1 when the discount does not apply to subscriptions',
    )
  }
}

function checkBuyers(given: DiscountInput, { world, shop }: Caller, refuse: Refuse): void {
  const { context, customerSelection } = given
  if (context == null && customerSelection == null) {
    refuse('context', 'BLANK', "Context can't be blank")
    return
  }
  if (context != null && customerSelection != null) {
    refuse('context', 'CONFLICT', 'Only one of context and customerSelection may be given')
    return
  }
  const where = context == null ? 'customerSelection' : 'context'
  const ids = idsOf(given)
  if (ids === null) {
    const isAll = context?.all != null || customerSelection?.all === true
    if (!isAll) refuse(where, 'BLANK', 'Some buyers must be chosen')
    return
  }
  // nobody is not everybody
  if (ids.length === 0) refuse(`${where}.customers.add`, 'BLANK', "Customers can't be blank")
  for (const id of ids) {
    const known = world.state.customers.get(idOf(id, 'Customer') ?? '')
    if (known?.shop !== shop.id)
      refuse(`${where}.customers.add`, 'INVALID', `Customer with id: ${id} is invalid`)
  }
}

function checkMinimum({ minimumRequirement }: DiscountInput, { shop }: Caller, refuse: Refuse): void {
  const { subtotal, quantity } = minimumRequirement ?? {}
  if (subtotal != null && quantity != null) {
    refuse(
      'minimumRequirement',
      'MINIMUM_SUBTOTAL_AND_QUANTITY_RANGE_BOTH_PRESENT',
      'Minimum subtotal and quantity cannot both be present',
    )
  }
  if (subtotal == null) return
  const at = 'minimumRequirement.subtotal.greaterThanOrEqualToSubtotal'
  const amount = amountIn(subtotal.greaterThanOrEqualToSubtotal, shop.currency)
  if (amount === null) refuse(at, 'INVALID', `Minimum subtotal is no amount in ${shop.currency}`)
  else if (amount < 0n) refuse(at, 'GREATER_THAN_OR_EQUAL_TO', 'Minimum subtotal must be at least 0')
}

function checkValue({ customerGets }: DiscountInput, { shop }: Caller, refuse: Refuse): void {
  const { value, items, appliesOnOneTimePurchase, appliesOnSubscription } = customerGets ?? {}
  const { percentage, discountAmount } = value ?? {}
  if (items?.all !== true) refuse('customerGets.items', 'BLANK', "Items can't be blank")
  if (appliesOnOneTimePurchase === false && appliesOnSubscription !== true)
    refuse('customerGets', 'APPLIES_ON_NOTHING', 'The discount applies to nothing')
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
  const at = 'customerGets.value.discountAmount.amount'
  const amount = amountIn(discountAmount.amount, shop.currency)
  if (amount === null) refuse(at, 'INVALID', `Amount is no amount in ${shop.currency}`)
  else if (amount <= 0n) refuse(at, 'GREATER_THAN', 'Amount must be greater than 0')
}

/** In minor units; null: the currency has no such amount. An amount has no currency of its own: it is the shop's. */
function amountIn(amount: string | number | null | undefined, currency: string): bigint | null {
  try {
    return toMinor(String(amount ?? '0'), currency)
  } catch {
    return null
  }
}

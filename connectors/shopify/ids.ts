import { ExactNumber, isAbsent, type Json, member } from '../json.ts'

/** `absent`: the body names none. `unusable`: it names one that is not a Shopify id of that type. */
export type ShopifyId =
  | { readonly kind: 'known'; readonly id: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unusable' }

export type ShopifyType = 'Order' | 'Customer' | 'Refund' | 'LineItem' | 'OrderTransaction'

const DIGITS = /^[1-9]\d{0,19}$/
const UNUSABLE: ShopifyId = { kind: 'unusable' }

/**
 * The numeric id of an object as text: from its `admin_graphql_api_id`, which no reader of JSON can round, and else
 * from `id` by its own digits. Where both are there they must name the same object.
 */
export function readShopifyId(object: Json | undefined, type: ShopifyType): ShopifyId {
  const gid = member(object, 'admin_graphql_api_id')
  const numeric = member(object, 'id')
  if (isAbsent(gid)) {
    if (isAbsent(numeric)) return { kind: 'absent' }
    const id = readReference(numeric)
    return id === null ? UNUSABLE : { kind: 'known', id }
  }
  const prefix = `gid://shopify/${type}/`
  if (typeof gid !== 'string' || !gid.startsWith(prefix)) return UNUSABLE
  const id = gid.slice(prefix.length)
  return DIGITS.test(id) && (isAbsent(numeric) || isSameNumber(numeric, id))
    ? { kind: 'known', id }
    : UNUSABLE
}

/**
 * The id of an object that is known by its gid alone: a body's type is not in what Shopify signs but here, since
 * orders, refunds and customers all have an `id`. null for anything else.
 */
export function readTypedId(object: Json | undefined, type: ShopifyType): string | null {
  if (typeof member(object, 'admin_graphql_api_id') !== 'string') return null
  const id = readShopifyId(object, type)
  return id.kind === 'known' ? id.id : null
}

/** An id that stands without a gid beside it, such as a refund's `order_id`, by its own digits. */
export function readReference(value: Json | undefined): string | null {
  return value instanceof ExactNumber && DIGITS.test(value.digits) ? value.digits : null
}

/** Equal to within a double: Shopify's published samples carry `id` rounded to one. */
function isSameNumber(numeric: Json, id: string): boolean {
  return numeric instanceof ExactNumber && Number(numeric.digits) === Number(id)
}

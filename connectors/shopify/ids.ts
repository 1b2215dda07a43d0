import { ExactNumber, isAbsent, type Json, member } from '../json.ts'

/** `absent`: the body names none. `unusable`: it names one that is not a Shopify id of that type. */
export type ShopifyId =
  | { readonly kind: 'known'; readonly id: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unusable' }

const DIGITS = /^[1-9]\d{0,19}$/
const UNUSABLE: ShopifyId = { kind: 'unusable' }

/**
 * The numeric id of an object as text: from its `admin_graphql_api_id`, which no reader of JSON can round, and else
 * from `id` by its own digits. Where both are there they must name the same object.
 */
export function readShopifyId(object: Json | undefined, type: 'Order' | 'Customer'): ShopifyId {
  const gid = member(object, 'admin_graphql_api_id')
  const numeric = member(object, 'id')
  if (isAbsent(gid)) {
    if (isAbsent(numeric)) return { kind: 'absent' }
    return numeric instanceof ExactNumber && DIGITS.test(numeric.digits)
      ? { kind: 'known', id: numeric.digits }
      : UNUSABLE
  }
  const prefix = `gid://shopify/${type}/`
  if (typeof gid !== 'string' || !gid.startsWith(prefix)) return UNUSABLE
  const id = gid.slice(prefix.length)
  return DIGITS.test(id) && (isAbsent(numeric) || isSameNumber(numeric, id))
    ? { kind: 'known', id }
    : UNUSABLE
}

/** Equal to within a double: Shopify's published samples carry `id` rounded to one. */
function isSameNumber(numeric: Json, id: string): boolean {
  return numeric instanceof ExactNumber && Number(numeric.digits) === Number(id)
}

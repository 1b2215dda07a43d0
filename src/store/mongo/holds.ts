import type { CollectionName } from '../../ports/schema.ts'
import type { Condition, Scalar } from '../../ports/store.ts'

type Leaf<C extends CollectionName> = Extract<Condition<C>, { readonly field: unknown }>

/** Whether a value that is not null meets a condition, by the rules of the port. */
export function holds<C extends CollectionName>(condition: Leaf<C>, value: Scalar): boolean {
  switch (condition.op) {
    case 'isNull':
      return false
    case 'isNotNull':
      return true
    case 'in':
      return condition.value.includes(value)
    case 'nin':
      return !condition.value.includes(value)
    case 'eq':
      return value === condition.value
    case 'ne':
      return value !== condition.value
    case 'contains':
      return String(value).includes(String(condition.value))
    case 'startsWith':
      return String(value).startsWith(String(condition.value))
    case 'gt':
      return compare(value, condition.value) > 0
    case 'gte':
      return compare(value, condition.value) >= 0
    case 'lt':
      return compare(value, condition.value) < 0
    case 'lte':
      return compare(value, condition.value) <= 0
  }
}

/** Texts by their UTF-8 bytes. */
function compare(one: Scalar, other: Scalar): number {
  if (typeof one === 'string' && typeof other === 'string') {
    return Buffer.compare(Buffer.from(one), Buffer.from(other))
  }
  return one < other ? -1 : one > other ? 1 : 0
}

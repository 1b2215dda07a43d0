import type { CollectionName, Row } from '../../ports/schema.ts'
import type { Terms } from './sort.ts'

/** Orders rows as the stores do: nulls lowest, texts by their UTF-8 bytes. */
export function compareRows<C extends CollectionName>(
  terms: Terms<C>,
): (one: Row<C>, other: Row<C>) => number {
  return (one, other) => {
    for (const term of terms) {
      if ('classes' in term) {
        const difference = term.classOf(one) - term.classOf(other)
        if (difference !== 0) return difference
        continue
      }
      const order = compareValues(one[term.field], other[term.field])
      if (order !== 0) return term.order === 'asc' ? order : -order
    }
    return 0
  }
}

function compareValues(one: unknown, other: unknown): number {
  if (one === other) return 0
  if (one === null) return -1
  if (other === null) return 1
  if (typeof one === 'string') return Buffer.compare(Buffer.from(one), Buffer.from(String(other)))
  return (one as number) < (other as number) ? -1 : 1
}

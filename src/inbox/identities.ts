import type { Row } from '../ports/schema.ts'
import { blankItem } from './blank-item.ts'

/** Items for the identities that no other item holds: they end with the body. */
export function identityItems(
  identities: readonly string[],
  delivery: Row<'delivery'>,
  items: readonly Row<'delivery_item'>[],
  newId: () => string,
): Row<'delivery_item'>[] {
  const held = new Set(items.map(({ externalId }) => externalId))
  const missing = [...new Set(identities)].filter((identity) => !held.has(identity))
  const ignored = { status: 'ignored', dueAt: null, nameKeptSince: delivery.bodyKeptSince } as const
  return missing.map((externalId) => ({ ...blankItem(delivery, newId()), ...ignored, externalId }))
}

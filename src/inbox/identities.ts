import type { Row } from '../ports/schema.ts'
import { blankItem } from './blank-item.ts'

/** An item that only says whom the body names: of no rule and no report, and nothing becomes of it. */
export function isIdentityOnly({ ruleIndex, report }: Row<'delivery_item'>): boolean {
  return ruleIndex === null && report === null
}

/** Items for the identities that no other item holds. */
export function identityItems(
  identities: readonly string[],
  delivery: Row<'delivery'>,
  items: readonly Row<'delivery_item'>[],
  newId: () => string,
): Row<'delivery_item'>[] {
  const held = new Set(items.map(({ externalId }) => externalId))
  const missing = [...new Set(identities)].filter((identity) => !held.has(identity))
  const ignored = { status: 'ignored', dueAt: null } as const
  return missing.map((externalId) => ({ ...blankItem(delivery, newId()), ...ignored, externalId }))
}

import type { Translation } from '../ports/connector.ts'
import type { Row } from '../ports/schema.ts'
import { blankItem } from './blank-item.ts'
import type { ArrivedWebhook } from './rows.ts'
import type { Platforms } from './translate.ts'

/**
 * Whom a body names, unless every rule counted it: the items say it then. By these names an erasure finds what could be
 * counted later, and all else that a body tells of somebody.
 */
export function namesOf(
  { connectorFor }: Platforms,
  { connector, rawBody, translation }: ArrivedWebhook,
): readonly string[] {
  if (isCounted(translation)) return []
  return connectorFor(connector.platform)!.names(rawBody)
}

function isCounted(translation: Translation): boolean {
  return translation.kind === 'translated' && translation.outcomes.every(({ kind }) => kind === 'log')
}

/** An item that only says whom the body names: of no rule and no report, and nothing becomes of it. */
export function isNameOnly({ ruleIndex, report }: Row<'delivery_item'>): boolean {
  return ruleIndex === null && report === null
}

/** Items for the names that no other item holds. */
export function nameItems(
  names: readonly string[],
  delivery: Row<'delivery'>,
  items: readonly Row<'delivery_item'>[],
  newId: () => string,
): Row<'delivery_item'>[] {
  const held = new Set(items.map(({ externalId }) => externalId))
  const missing = [...new Set(names)].filter((name) => !held.has(name))
  const ignored = { status: 'ignored', dueAt: null } as const
  return missing.map((externalId) => ({ ...blankItem(delivery, newId()), ...ignored, externalId }))
}

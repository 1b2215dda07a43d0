import type { Translation } from '../ports/connector.ts'
import type { ConnectorRule } from '../ports/schema/values.ts'
import type { Row } from '../ports/schema.ts'
import { blankItem } from './blank-item.ts'
import type { ArrivedWebhook } from './rows.ts'
import type { Platforms } from './translate.ts'

/** Rules that take whatever can be taken, by either identity. */
const TAKES_ALL: Omit<ConnectorRule, 'identifyBy'> = {
  streakId: '',
  activityId: '',
  value: 'one',
  currency: null,
  minimumValue: null,
  guests: 'by_email',
  testOrders: 'count',
}
const PROBES: readonly ConnectorRule[] = [
  { ...TAKES_ALL, identifyBy: 'customer_id' },
  { ...TAKES_ALL, identifyBy: 'email' },
]

/**
 * Whom the body of a purchase names, where not every rule counted it: by these names an erasure finds what could be
 * counted later. Nobody where all counted, for the items say it then.
 */
export function namesOf(
  { connectorFor }: Platforms,
  { connector, verified, rawBody, receivedAt, translation }: ArrivedWebhook,
): string[] {
  if (translation.kind === 'reported' || isCounted(translation)) return []
  const { platform, purchaseSpace } = connector
  const input = { rawBody, topic: verified.topic, receivedAt, rules: PROBES, purchaseSpace }
  const probed = connectorFor(platform)?.translate(input)
  if (probed?.kind !== 'translated') return []
  return probed.outcomes.flatMap((outcome) => (outcome.kind === 'log' ? [outcome.activity.externalId] : []))
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

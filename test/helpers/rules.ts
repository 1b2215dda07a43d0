import type { Translation } from '../../src/ports/connector.ts'
import type { ConnectorRule, PurchaseActivity } from '../../src/ports/schema/values.ts'

/** A rule with the defaults of the contract. */
export function rule(overrides: Partial<ConnectorRule> = {}): ConnectorRule {
  return {
    streakId: '0b7e5c1e-6f0a-4a53-9d3e-1f6b0c2d4e5f',
    activityId: 'made_a_purchase',
    value: 'one',
    currency: null,
    minimumValue: null,
    identifyBy: 'customer_id',
    guests: 'by_email',
    testOrders: 'ignore',
    ...overrides,
  }
}

/**
 * What became of a delivery, in short: `log` or the reason code, one per rule; a whole delivery's reason in one word.
 */
export function outcomesOf(translation: Translation): string | string[] {
  if (translation.kind === 'ignored') return translation.reason
  if (translation.kind === 'noted') return translation.news.about
  if (translation.kind === 'reported') return translation.reports.map(({ object }) => object).join(' ')
  return translation.outcomes.map((outcome) => (outcome.kind === 'log' ? 'log' : outcome.reason))
}

/** The activity of the first rule. @throws Error when that rule did not count the purchase */
export function activityOf(translation: Translation): PurchaseActivity {
  const first = translation.kind === 'translated' ? translation.outcomes[0] : undefined
  if (first?.kind !== 'log') throw new Error(`no log, but ${JSON.stringify(translation)}`)
  return first.activity
}

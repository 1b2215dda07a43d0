/** Without it nothing can be counted. */
export const NEEDED_SCOPE = 'read_orders'

const WANTED = [
  'read_customers',
  'write_discounts',
  'read_all_orders',
  'read_shopify_payments_disputes',
  'read_customer_merge',
]

/** What consent is asked for; `settings.extraScopes` may add to it. */
export const ASKED_SCOPES = ['read_orders', 'read_customers', 'write_discounts']

/** Whether a list of granted scopes lets do this: `write_x` contains `read_x`. */
export function grants(granted: readonly string[], scope: string): boolean {
  return granted.includes(scope) || granted.includes(scope.replace(/^read_/, 'write_'))
}

/** What is absent of what is needed and wanted, the needed first. */
export function missingScopes(granted: readonly string[], readsProducts: boolean): string[] {
  const all = [NEEDED_SCOPE, ...WANTED, ...(readsProducts ? ['read_products'] : [])]
  return all.filter((scope) => !grants(granted, scope))
}

export interface WantedTopic {
  /** As the header spells it, and as the schema does. */
  readonly topic: string
  readonly enumName: string
  /** Left out where this wanted scope is absent. */
  readonly scope?: string
}

const wantedTopic = (topic: string, scope?: string): WantedTopic => ({
  topic,
  enumName: topic.toUpperCase().replace('/', '_'),
  ...(scope === undefined ? {} : { scope }),
})

const TOPICS: readonly WantedTopic[] = [
  wantedTopic('orders/paid'),
  wantedTopic('orders/cancelled'),
  wantedTopic('orders/updated'),
  wantedTopic('refunds/create'),
  wantedTopic('app/uninstalled'),
  wantedTopic('app/scopes_update'),
  wantedTopic('customers/merge', 'read_customer_merge'),
  wantedTopic('disputes/create', 'read_shopify_payments_disputes'),
  wantedTopic('disputes/update', 'read_shopify_payments_disputes'),
]

/** The topics that are subscribed to with these scopes. The compliance topics are not among them: only an app's own configuration file has them. */
export function wantedTopics(granted: readonly string[]): readonly WantedTopic[] {
  return TOPICS.filter(({ scope }) => scope === undefined || grants(granted, scope))
}

import type { Delivery, OrderExplained } from '../../client/schema.ts'
import type { Tone } from '../parts/states.ts'

type Said = readonly [words: string, tone: Tone]
export type Item = Delivery['items'][number]
export type Explained = OrderExplained['streaks'][number]

export const VERDICTS: Readonly<Record<Explained['verdict'], Said>> = {
  counted: ['The order counted', 'good'],
  taken_back: ['The order counted and was taken back', 'bad'],
  not_counted: ['The order did not count', 'plain'],
  waiting: ['The order is waiting to be counted', 'waiting'],
  failed: ['The order could not be counted', 'bad'],
}

const ITEMS: Readonly<Record<Item['status'], Said>> = {
  pending: ['waiting to be counted', 'waiting'],
  counted: ['an order counted', 'good'],
  duplicate: ['counted before', 'plain'],
  ignored: ['did not count', 'plain'],
  failed: ['could not be counted', 'bad'],
  abandoned: ['left by somebody of yours', 'plain'],
  waiting: ['waiting for its order', 'waiting'],
  applied: ['done', 'good'],
}

const REPORTS = {
  refund: 'a refund',
  refund_total: 'a refund',
  dispute: 'a dispute',
  cancellation: 'a cancellation',
  transaction: 'a payment back',
} as const

/** `a refund of 12.00 EUR`, of what a webhook reports of an order; null where it is a purchase. */
export function reportWords({ report }: Item): string | null {
  if (report === null) return null
  const amount = report.amount === null ? '' : ` of ${report.amount} ${report.currency ?? ''}`.trimEnd()
  return `${REPORTS[report.kind]}${amount}`
}

export const itemWords = ({ status }: Item): Said => ITEMS[status]

/** What became of a webhook as a whole, in a word or two. */
export function outcomeWords({ outcome, items }: Delivery): Said {
  if (outcome === 'noted') return ['news of the shop', 'plain']
  if (outcome === 'ignored') return ['did not count', 'plain']
  const statuses = items.map(({ status }) => status)
  const best = (
    ['failed', 'pending', 'waiting', 'counted', 'applied', 'duplicate', 'abandoned', 'ignored'] as const
  ).find((status) => statuses.includes(status))
  return best === undefined ? ['nothing to count', 'plain'] : ITEMS[best]
}

const TOPICS: Readonly<Record<string, string>> = {
  'orders/paid': 'An order was paid',
  'orders/updated': 'An order was changed',
  'orders/cancelled': 'An order was cancelled',
  'refunds/create': 'A refund was made',
  'order_transactions/create': 'A payment was made or returned',
  'disputes/create': 'A payment was disputed',
  'disputes/update': 'A dispute went on',
  'charge.succeeded': 'A payment was made',
  'charge.captured': 'A payment was captured',
  'charge.refunded': 'A payment was refunded',
  'order.created': 'An order was placed',
  'order.updated': 'An order was changed',
  'order.restored': 'An order was restored',
  'order.deleted': 'An order was deleted',
  backfill: 'Read from the shop, as a past order',
  reconcile: 'Read from the shop, as no webhook told of it',
}

export const topicWords = (topic: string): string => TOPICS[topic] ?? topic

const CHECKS: Readonly<Record<string, string>> = {
  TEST_ORDER: 'Is it a test order?',
  CHANNEL_NOT_WANTED: 'Sales channel',
  TAG_MISSING: 'Tags',
  CURRENCY_MISMATCH: 'Currency',
  GIFT_CARDS_ONLY: 'Only gift cards?',
  PRODUCT_MISSING: 'Products',
  BELOW_MINIMUM: 'Amount, and the smallest that counts',
  VALUE_OUT_OF_RANGE: 'Can the amount be counted?',
  GUEST_IGNORED: 'Bought as a guest?',
  NO_EMAIL: 'E-mail address',
  NO_CUSTOMER: 'Customer',
  IN_FUTURE: 'Time of the order',
}

/** What a check looks at; its code where this page does not know it. */
export const checkWords = (check: string): string => CHECKS[check] ?? check

type Value = Explained['rules'][number]['checks'][number]['value']

export function valueWords(value: Value): string {
  if (value === null) return 'not said'
  if (value === true) return 'yes'
  if (value === false) return 'no'
  return Array.isArray(value) ? value.join(', ') || 'none' : String(value)
}

const REASONS: Readonly<Record<string, string>> = {
  CONNECTOR_NOT_LIVE: 'The shop was not live here when it arrived. Once it is, judge it anew.',
  STILL_INSTALLED: 'It says that the app was removed, and the platform says that it is still there.',
  SHOP_MISMATCH: 'It is about another shop than the one that is connected.',
  ACCOUNT_MISMATCH: 'It is about another account than the one that is connected.',
  TOPIC_NOT_SUPPORTED: 'Streakline makes nothing of news of this kind.',
  BODY_NOT_UNDERSTOOD: 'Something that is needed was missing in it or could not be read.',
  CANCELLED: 'The order was cancelled.',
  NOT_PAID: 'The order was not paid yet. It counts once the shop tells of the payment.',
  NOT_CAPTURED: 'The payment was not captured yet. It counts once the shop tells of that.',
  NOT_CANCELLED: 'It came as a cancellation, and the order is not cancelled.',
  NOTHING_TO_REPORT: 'It changes nothing that counts: no refund and no cancellation.',
  NO_RULES: 'The shop has no rule yet by which orders feed a streak. Add one, then judge it anew.',
  BODY_GONE: 'What arrived is no longer kept, so it cannot be judged anew.',
}

/** Why what arrived did not count as a whole, in a sentence; null where somebody wrote the reason themselves. */
export const reasonWords = (reason: string): string | null => REASONS[reason] ?? null

import type { Instant } from '../ports/clock.ts'
import type { PlatformNews, RuleOutcome, Translation } from '../ports/connector.ts'
import { foldOrderName } from '../ports/schema/purchases.ts'
import type { ConnectorRule } from '../ports/schema/values.ts'
import type { Row } from '../ports/schema.ts'
import { blankItem } from './blank-item.ts'
import type { Reading } from './reading.ts'

export interface ArrivedWebhook {
  readonly connector: Row<'connector'>
  readonly rawBody: Uint8Array
  readonly receivedAt: Instant
  /** By the connector as it is here. */
  readonly reading: Reading
  /** Where nobody sent it: who read it, and what is shown as its topic. */
  readonly read?: ReadBy
}

/** An order that was read from its platform. */
export interface ReadBy {
  readonly topic: 'backfill' | 'reconcile'
  readonly backfillId: string
  /** What it tells makes quiet logs. */
  readonly isQuiet: boolean
}

/** What makes a delivery the same one: its webhook id, or the backfill that read it, and its body; or the body alone. */
export function dedupeKey(sourceId: string | null, bodySha256: string): string {
  return sourceId === null ? bodySha256 : `${sourceId}:${bodySha256}`
}

/** The rows of a delivery: itself, one item for each rule that looked at it, and what the law asks by it. */
export function deliveryRows(
  { connector, rawBody, receivedAt, reading, read }: ArrivedWebhook,
  newId: () => string,
): { delivery: Row<'delivery'>; items: Row<'delivery_item'>[]; requests: Row<'privacy_request'>[] } {
  const { verified, translation, bodySha256 } = reading
  const news = translation.kind === 'noted' ? translation.news : null
  const isKept = news?.about !== 'privacy'
  const shopNews = news?.about === 'shop' ? news.news : null
  const common = { accountId: connector.accountId, createdAt: receivedAt, updatedAt: receivedAt }
  const delivery: Row<'delivery'> = {
    ...common,
    id: newId(),
    connectorId: connector.id,
    platform: connector.platform,
    topic: read?.topic ?? verified.topic,
    webhookId: verified.webhookId,
    bodySha256,
    dedupeKey: dedupeKey(
      read === undefined ? verified.webhookId : `${read.backfillId}:${verified.topic}`,
      bodySha256,
    ),
    receivedAt,
    headers: isKept ? verified.headers : {},
    body: isKept ? rawBody : null,
    bodyKeptSince: isKept ? receivedAt : null,
    orderId: translation.orderId,
    orderReference: translation.orderReference ?? null,
    otherReference: translation.otherReference ?? null,
    ...orderNameFields(translation.orderName ?? null),
    shopNumber: translation.shopNumber ?? null,
    outcome: translation.kind,
    reason: translation.kind === 'ignored' ? translation.reason : null,
    readAs: read === undefined ? null : verified.topic,
    backfillId: read?.backfillId ?? null,
    isQuiet: read?.isQuiet ?? false,
    news: shopNews,
    newsDueAt: shopNews === null ? null : receivedAt,
    replayCount: 0,
  }
  const requests = news?.about === 'privacy' ? [requestRow(delivery, news, newId)] : []
  return { delivery, items: itemRows(delivery, translation, connector.rules, newId), requests }
}

const LAWFUL_DELAY_MS = 30 * 86_400_000

function requestRow(
  { id: deliveryId, accountId, connectorId, receivedAt, createdAt, updatedAt }: Row<'delivery'>,
  { kind, subject }: Extract<PlatformNews, { about: 'privacy' }>,
  newId: () => string,
): Row<'privacy_request'> {
  return {
    ...{ id: newId(), accountId, createdAt, updatedAt, connectorId, deliveryId, kind, subject, receivedAt },
    customerExternalIds: [],
    dueAt: receivedAt + LAWFUL_DELAY_MS,
    state: 'open',
    doneAt: null,
    counts: null,
    workAt: receivedAt,
    tries: 0,
  }
}

/** What people call the order, and what that is looked up by. */
function orderNameFields(orderName: string | null): Pick<Row<'delivery'>, 'orderName' | 'orderNameKey'> {
  return { orderName, orderNameKey: orderName === null ? null : foldOrderName(orderName) }
}

/** What is to be worked off of a delivery: by each rule its view of the purchase, and each thing that it reports. */
function itemRows(
  delivery: Row<'delivery'>,
  translation: Translation,
  rules: readonly ConnectorRule[],
  newId: () => string,
): Row<'delivery_item'>[] {
  if (translation.kind === 'ignored' || translation.kind === 'noted') return []
  if (translation.kind === 'reported') {
    const { reports, orderKey, externalId } = translation
    return reports.map((report) => ({ ...blankItem(delivery, newId()), report, orderKey, externalId }))
  }
  const { orderId: orderKey, reports = [] } = translation
  const views = firstOfEachStreak(translation.outcomes, rules).map((outcome, ruleIndex) => {
    const item = { ...blankItem(delivery, newId()), ruleIndex, streakId: rules[ruleIndex]!.streakId }
    if (outcome.kind === 'log') {
      const activity = delivery.isQuiet ? { ...outcome.activity, quiet: true } : outcome.activity
      return { ...item, activity, externalId: activity.externalId }
    }
    const { kind: status, reason, message } = outcome
    return { ...item, status, reason, message, dueAt: null }
  })
  return [...views, ...reports.map((report) => ({ ...blankItem(delivery, newId()), report, orderKey }))]
}

/** A purchase counts once for a streak, so of several rules for one streak the first that takes it decides. */
function firstOfEachStreak(outcomes: readonly RuleOutcome[], rules: readonly ConnectorRule[]): RuleOutcome[] {
  const taken = new Map<string, number>()
  return outcomes.map((outcome, ruleIndex) => {
    const { streakId } = rules[ruleIndex]!
    const first = taken.get(streakId)
    if (outcome.kind !== 'log') return outcome
    if (first === undefined) {
      taken.set(streakId, ruleIndex)
      return outcome
    }
    const message = `rule ${first} already counts this purchase for the same streak`
    return { kind: 'ignored', reason: 'EARLIER_RULE_COUNTS', message }
  })
}

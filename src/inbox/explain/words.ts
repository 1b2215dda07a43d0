import type { CheckValue, RuleCheck } from '../../ports/connector.ts'
import { formatQuantity, type Quantity } from '../../streaks/quantity.ts'
import type { Told } from './tell.ts'

/**
 * Every sentence that explains an order: the product's own words, for merchants. No code stands in them. Which of them
 * is said when is decided in `tell.ts` and `unknown.ts`.
 */

type Sentence = (told: Told) => string

export const COUNTED = {
  forPeriod: (told: Told) => (told.period === null ? 'It counts.' : `It counts for ${periodName(told)}.`),
  before: 'It had been reported before, and counts once.',
  inPart: ({ of, now, isMoney }: NonNullable<Told['left']>, currency: string | null) => {
    const shown = (amount: Quantity) => money(amount, isMoney ? currency : null)
    return `Of ${shown(of)} it still counts ${shown(now)}: the rest went back.`
  },
  late: ({ periodKind }: Told) =>
    `It arrived after that ${KINDS[periodKind]} was over, and counts for it all the same.`,
  quiet: (days: number | null) =>
    days === null
      ? 'No reward is given for it, since it was entered that way.'
      : `It was more than ${days} ${days === 1 ? 'day' : 'days'} old when it arrived, so no reward is given for it.`,
  erased: 'The customer was erased since.',
  laterReport: (difference: string) => `Later more was heard of it: ${difference}.`,
}

const KINDS: Readonly<Record<Told['periodKind'], string>> = { daily: 'day', weekly: 'week', monthly: 'month' }

function periodName({ period, periodKind }: Told): string {
  const key = period?.key ?? ''
  if (periodKind === 'weekly') return `the week that begins on ${key}`
  return periodKind === 'monthly' ? `the month ${key}` : key
}

export const TAKEN_BACK: Readonly<Record<string, Sentence>> = {
  REFUNDED: () => 'It counted, and no longer does: the money or the goods went back.',
  CANCELLED: () => 'It counted, and no longer does: the order was cancelled.',
  DISPUTE_LOST: () => 'It counted, and no longer does: its payment was lost in a dispute.',
  WITHDRAWN: ({ ownWords }) => `It counted, and was taken back by hand${saying(ownWords)}.`,
  DUPLICATE: () => 'It had been reported before, and what counted then was taken back.',
}

export const WAITING = {
  forItsTurn: 'It has arrived and is about to be counted.',
  forAnotherTry: 'It could not be counted yet. It is tried again by itself.',
  forPurchase:
    'So far only news of the order has arrived, such as a refund or a cancellation, and not the purchase.',
  forNobody: 'It is not tried again by itself.',
}

/** For reasons that no sentence is for. */
export const UNKNOWN_REASON = {
  taken_back: 'It counted, and was taken back.',
  not_counted: 'Something that the rule asks for was not so.',
  failed: 'It could not be counted: something went wrong, which its delivery names.',
}

export const NOT_COUNTED: Readonly<Record<string, Sentence>> = {
  CONNECTOR_NOT_LIVE: (told) => `${connector(told)} was paused, or not live yet, when the order arrived.`,
  SHOP_MISMATCH: (told) => `It came from another shop than the one that ${connector(told)} is set up for.`,
  ACCOUNT_MISMATCH: (told) => `It is of another account than the one that ${connector(told)} is set up for.`,
  BODY_NOT_UNDERSTOOD: () => 'Something that is needed could not be read in what the shop sent.',
  NO_RULES: (told) => `${connector(told)} had no rules that say what counts.`,
  NO_RULE_FOR_STREAK: (told) => `No rule of ${connector(told)} was for this streak.`,
  EARLIER_RULE_COUNTS: () => 'Another rule for the same streak took it.',
  CANCELLED: () => 'The order was cancelled.',
  NOT_PAID: () => 'The order was not paid.',
  NOT_CAPTURED: () => 'The payment was only reserved: no money was taken.',
  NOT_CANCELLED: () => 'Only an update of the order has arrived, and not the purchase.',
  NOTHING_TO_REPORT: () => 'Only an update of the order has arrived, and not the purchase.',
  TOPIC_NOT_SUPPORTED: () => 'Only news of the order has arrived that says nothing of a purchase.',
  TEST_ORDER: () => 'It is a test order, and the rule leaves test orders out.',
  CURRENCY_MISMATCH: (told) => {
    const { value, limit } = failure(told, 'CURRENCY_MISMATCH')
    return value === null || limit === null
      ? 'The order is not in the currency that the rule counts.'
      : `The order is in ${shownValue(value)}, and the rule counts ${shownValue(limit)}.`
  },
  GIFT_CARDS_ONLY: () => 'Only gift cards were bought. They count once they are spent.',
  BELOW_MINIMUM: (told) => {
    const { value, limit } = failure(told, 'BELOW_MINIMUM')
    return typeof value === 'bigint' && typeof limit === 'bigint'
      ? `The order came to ${money(value, told.currency)}, below the minimum of ${money(limit, told.currency)}.`
      : 'The order was below the minimum of the rule.'
  },
  VALUE_OUT_OF_RANGE: () => 'The amount of the order is not one that can be counted.',
  TAG_MISSING: () => 'The order has none of the tags that the rule asks for.',
  PRODUCT_MISSING: () => 'The order has none of the products that the rule asks for.',
  CHANNEL_NOT_WANTED: () => 'The order was placed in another channel than the rule asks for.',
  GUEST_IGNORED: () =>
    'It was bought as a guest, without a customer account, and the rule leaves guests out.',
  NO_EMAIL: () => 'The order gives no e-mail address by which to tell whose it is.',
  NO_CUSTOMER: () => 'The order gives no customer by whom to tell whose it is.',
  STREAK_NOT_LIVE: () => 'The streak was paused, or not live yet, when the order was to be counted.',
  MEMBER_NOT_LIVE: () => 'The customer was paused when the order was to be counted.',
  MEMBER_ERASED: () => 'The customer was erased before the order was counted.',
  ABANDONED: ({ ownWords }) => `Somebody decided to leave it out${saying(ownWords)}.`,
  IN_FUTURE: () => 'The order is dated in the future.',
}

/** What only the platform can tell, with a webhook of its own; in the past subjunctive, like all that follows. */
export const BY_PLATFORM: Readonly<Record<string, string>> = {
  NOT_PAID: 'it were paid',
  NOT_CAPTURED: 'its payment were taken',
  NOT_CANCELLED: 'the purchase itself arrived',
  NOTHING_TO_REPORT: 'the purchase itself arrived',
  TOPIC_NOT_SUPPORTED: 'the purchase itself arrived',
}

export const WOULD = {
  if: (conditions: string) => `It would count if ${conditions}.`,
  ifAndReplayed: (conditions: string) =>
    `It would count if ${conditions}, and its delivery were replayed then.`,
  ifReplayed: 'It would count if its delivery were replayed now.',
  ifUndone: 'It would count if what took it back were undone.',
  ifItCame: 'It would count if the purchase itself arrived.',
  memberIsLive: 'the customer were live',
  shopIsRight: 'the connector were set up for that shop',
  connectorIsLive: (told: Told) => `${connector(told)} were live`,
  thereIsARule: (told: Told) => `a rule of ${connector(told)} were for this streak`,
  streakIsLive: 'the streak were live',
}

/** By check that fails: what would make it pass; null where no rule can. */
export const WOULD_PASS: Readonly<Record<string, (check: RuleCheck, told: Told) => string | null>> = {
  TEST_ORDER: () => 'the rule counted test orders',
  CURRENCY_MISMATCH: ({ value }) => (value === null ? null : `the rule counted ${shownValue(value)}`),
  GIFT_CARDS_ONLY: () => 'the rule counted gift cards',
  BELOW_MINIMUM: ({ value }, { currency }) =>
    typeof value === 'bigint' ? `the minimum of the rule were ${money(value, currency)} or less` : null,
  TAG_MISSING: () => 'the rule asked for a tag of the order',
  PRODUCT_MISSING: () => 'the rule asked for a product of the order',
  CHANNEL_NOT_WANTED: () => 'the rule asked for the channel of the order',
  GUEST_IGNORED: () => 'the rule counted guests by their e-mail address',
  NO_CUSTOMER: () => 'the rule went by e-mail addresses',
  // of a guest without an address nobody can tell who it is
  NO_EMAIL: (_check, { checks }) => {
    const customer = checks?.find(({ check }) => check === 'NO_CUSTOMER')?.value ?? null
    return customer === null ? null : 'the rule went by customer accounts'
  },
  IN_FUTURE: () => 'its time had come',
}

export const UNKNOWN = {
  intro: (order: string) => `Nothing has arrived of an order ${quoted(order)}.`,
  noConnector: 'No shop is connected yet: set up a connector first.',
  notThisConnector: 'There is no such connector: look at its id.',
  isPaused: (name: string) => `${quoted(name)} is paused, or not live yet: what arrives now does not count.`,
  refused: (name: string, count: number, last: string, why: string) =>
    `${quoted(name)} refused ${count === 1 ? 'a webhook' : `${count} webhooks`} lately, the last at ${last}: ${why}.`,
  nothingYet: (name: string) =>
    `${quoted(name)} has never received a webhook: look whether the shop has a subscription to its address.`,
  missing: (name: string, topics: string) =>
    `The platform has no subscription of ${quoted(name)} to ${topics}: check the connector, which makes it anew.`,
  lastArrived: (name: string, last: string) =>
    `The last webhook of ${quoted(name)} arrived at ${last}: if the order is newer, look whether the shop's subscription is still there.`,
  shop: (name: string, shop: string) =>
    `${quoted(name)} is for the shop ${shop}: look whether the order is from there.`,
  more: (count: number) => `${count} more ${count === 1 ? 'connector is' : 'connectors are'} not named here.`,
}

/** Why a webhook was refused, by the reason that its connector keeps. */
export const REFUSED: Readonly<Record<string, string>> = {
  SIGNATURE_MISSING: 'it was not signed, so it may not have come from the platform',
  SIGNATURE_MALFORMED: 'its signature was not in the form of the platform',
  SIGNATURE_MISMATCH: 'its signature fits none of the signing secrets, so a secret is probably wrong',
  SIGNATURE_STALE: 'its signature was too old or too new: look at the clock of the server',
  SECRET_MISSING: 'the connector has no signing secret yet',
}
export const REFUSED_OTHERWISE = 'its signature could not be trusted'

function connector({ connectorName }: Told): string {
  return quoted(connectorName)
}

function failure({ checks }: Told, name: string): Pick<RuleCheck, 'value' | 'limit'> {
  const found = checks?.find(({ check, passed }) => check === name && !passed)
  return found ?? { value: null, limit: null }
}

function shownValue(value: CheckValue): string {
  return typeof value === 'bigint' ? formatQuantity(value) : String(value)
}

function money(amount: Quantity, currency: string | null): string {
  return currency === null ? formatQuantity(amount) : `${formatQuantity(amount)} ${currency}`
}

function quoted(text: string): string {
  return `“${text}”`
}

function saying(text: string | null): string {
  return text === null ? '' : `: ${quoted(text)}`
}

/** `a, b and c`. */
export function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}

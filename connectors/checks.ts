import type {
  CheckValue,
  RuleCheck,
  RuleOutcome,
  RuleReason,
  TranslateInput,
} from '../src/ports/connector.ts'
import type { ConnectorRule } from '../src/ports/schema/values.ts'
import { MAX_QUANTITY, parseQuantity, type Quantity } from '../src/streaks/quantity.ts'
import { checkChannels, checkProducts, checkTags, listed, soldNames } from './choices.ts'
import { type Identity, identify } from './identity.ts'
import {
  asCounted,
  checkCurrency,
  checkGiftCards,
  checkMinimum,
  checkValue,
  comparedBy,
  countedValue,
  giftCardsOf,
  isOfGiftCards,
  type Refused,
} from './measure.ts'
import type { Purchase } from './purchase.ts'

/** How far ahead of its receipt a purchase may be dated: clocks differ. */
export const FUTURE_TOLERANCE_MS = 5 * 60_000

/** A purchase as one rule looks at it. */
export interface Sight {
  readonly rule: ConnectorRule
  readonly purchase: Purchase
  /** Without what the rule does not count. */
  readonly counted: Purchase
  readonly identity: Identity
  readonly input: Pick<TranslateInput, 'receivedAt'>
}

export function lookAt(rule: ConnectorRule, purchase: Purchase, input: Sight['input']): Sight {
  return { rule, purchase, counted: asCounted(rule, purchase), identity: identify(rule, purchase), input }
}

/** Why a rule leaves a purchase out. */
export type Fault = Exclude<RuleOutcome, { kind: 'log' }>

interface Check {
  readonly check: RuleReason
  /** null where the purchase passes. */
  fault(sight: Sight): Refused | Fault
  /** What is held against what, for people: nothing of it is worked out for a purchase that nobody asks about. */
  stated(sight: Sight): { readonly value: CheckValue; readonly limit: CheckValue }
}

/**
 * All that a rule asks of a purchase, in the order in which it is asked: the first that fails is why the purchase does
 * not count. A further condition is an entry here, and its sentence in `src/inbox/explain/words.ts`.
 */
const CHECKS: readonly Check[] = [
  {
    check: 'TEST_ORDER',
    fault: ({ rule, purchase }) => checkTest(rule, purchase),
    stated: ({ rule, purchase }) => ({ value: purchase.isTest, limit: rule.testOrders }),
  },
  {
    check: 'CHANNEL_NOT_WANTED',
    fault: ({ rule, purchase }) => checkChannels(rule, purchase),
    stated: ({ rule, purchase }) => ({ value: purchase.channel, limit: wanted(rule.channels) }),
  },
  {
    check: 'TAG_MISSING',
    fault: ({ rule, purchase }) => checkTags(rule, purchase),
    stated: ({ rule, purchase }) => ({ value: wanted(purchase.tags), limit: wanted(rule.tags) }),
  },
  {
    check: 'CURRENCY_MISMATCH',
    fault: ({ rule, purchase }) => checkCurrency(rule, purchase),
    stated: ({ rule, purchase }) => ({
      value: purchase.currency,
      limit: rule.currency?.toUpperCase() ?? null,
    }),
  },
  {
    check: 'GIFT_CARDS_ONLY',
    fault: ({ rule, purchase }) => checkGiftCards(rule, purchase),
    stated: ({ rule, purchase }) => ({ value: isOfGiftCards(purchase), limit: giftCardsOf(rule) }),
  },
  {
    check: 'PRODUCT_MISSING',
    fault: ({ rule, purchase }) => checkProducts(rule, purchase),
    stated: ({ rule, purchase }) => ({
      value: wanted(soldNames(rule, purchase)),
      limit: wanted(rule.products),
    }),
  },
  {
    check: 'BELOW_MINIMUM',
    fault: ({ rule, counted }) => checkMinimum(rule, counted),
    stated: ({ rule, counted }) => {
      const amount = counted.amounts[comparedBy(rule)]
      return { value: amount?.ok ? amount.value : null, limit: amountOf(rule.minimumValue) }
    },
  },
  {
    check: 'VALUE_OUT_OF_RANGE',
    fault: ({ rule, counted }) => checkValue(rule, counted),
    stated: ({ rule, counted }) => ({
      value: countedValue(rule, counted),
      limit: rule.value === 'one' ? null : MAX_QUANTITY,
    }),
  },
  {
    check: 'GUEST_IGNORED',
    fault: (sight) => identityFault(sight, 'GUEST_IGNORED'),
    stated: (sight) => ({ value: customerOf(sight), limit: sight.rule.guests }),
  },
  {
    check: 'NO_CUSTOMER',
    fault: (sight) => identityFault(sight, 'NO_CUSTOMER'),
    stated: (sight) => ({ value: customerOf(sight), limit: sight.rule.identifyBy }),
  },
  {
    check: 'NO_EMAIL',
    fault: (sight) => identityFault(sight, 'NO_EMAIL'),
    stated: ({ rule, purchase }) => ({ value: purchase.profile.email ?? null, limit: rule.identifyBy }),
  },
  {
    check: 'IN_FUTURE',
    fault: ({ purchase: { activityAt }, input: { receivedAt } }) =>
      activityAt - receivedAt > FUTURE_TOLERANCE_MS ? inFuture(activityAt, receivedAt) : null,
    stated: ({ purchase: { activityAt }, input: { receivedAt } }) => ({
      value: iso(activityAt),
      limit: iso(receivedAt + FUTURE_TOLERANCE_MS),
    }),
  },
]

/** Why the rule does not take the purchase; null where it does. */
export function firstFault(sight: Sight): Fault | null {
  for (const check of CHECKS) {
    const fault = check.fault(sight)
    if (fault !== null) return 'kind' in fault ? fault : { kind: 'ignored', ...fault }
  }
  return null
}

/** How the purchase fares by each check. */
export function checksOf(sight: Sight): RuleCheck[] {
  return CHECKS.map(({ check, fault, stated }) => ({
    check,
    passed: fault(sight) === null,
    ...stated(sight),
  }))
}

/** null where nothing is said, or asked. */
function wanted(texts: readonly string[] | null | undefined): string | null {
  return texts === null || texts === undefined || texts.length === 0 ? null : listed(texts)
}

function checkTest({ testOrders }: ConnectorRule, { isTest }: Purchase): Refused {
  if (!isTest || testOrders === 'count') return null
  return { reason: 'TEST_ORDER', message: "a test order; the rule's testOrders is ignore" }
}

function customerOf({ purchase: { customer } }: Sight): string | null {
  return customer.kind === 'known' ? customer.id : null
}

/** Of what can be wrong with an identity each check has its own. */
function identityFault({ identity }: Sight, reason: RuleReason): Refused {
  return identity.ok || identity.reason !== reason ? null : identity
}

function amountOf(digits: string | null): Quantity | null {
  const parsed = digits === null ? null : parseQuantity(digits)
  return parsed?.ok ? parsed.value : null
}

function inFuture(activityAt: number, receivedAt: number): Fault {
  const message = `the order is dated ${iso(activityAt)}, more than 5 minutes after its receipt at ${iso(receivedAt)}`
  return { kind: 'failed', reason: 'IN_FUTURE', message }
}

function iso(instant: number): string {
  return new Date(instant).toISOString()
}

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

interface Looked {
  readonly value: CheckValue
  readonly limit: CheckValue
  /** null where the purchase passes. */
  readonly fault: Refused | Fault
}

interface Check {
  readonly check: RuleReason
  look(sight: Sight): Looked
}

/**
 * All that a rule asks of a purchase, in the order in which it is asked: the first that fails is why the purchase does
 * not count. A further condition is an entry here, and its sentence in `src/inbox/explain/words.ts`.
 */
const CHECKS: readonly Check[] = [
  {
    check: 'TEST_ORDER',
    look: ({ rule, purchase }) => ({
      value: purchase.isTest,
      limit: rule.testOrders,
      fault: checkTest(rule, purchase),
    }),
  },
  {
    check: 'CHANNEL_NOT_WANTED',
    look: ({ rule, purchase }) => ({
      value: purchase.channel,
      limit: wanted(rule.channels),
      fault: checkChannels(rule, purchase),
    }),
  },
  {
    check: 'TAG_MISSING',
    look: ({ rule, purchase }) => ({
      value: wanted(purchase.tags),
      limit: wanted(rule.tags),
      fault: checkTags(rule, purchase),
    }),
  },
  {
    check: 'CURRENCY_MISMATCH',
    look: ({ rule, purchase }) => ({
      value: purchase.currency,
      limit: rule.currency?.toUpperCase() ?? null,
      fault: checkCurrency(rule, purchase),
    }),
  },
  {
    check: 'GIFT_CARDS_ONLY',
    look: ({ rule, purchase }) => ({
      value: isOfGiftCards(purchase),
      limit: giftCardsOf(rule),
      fault: checkGiftCards(rule, purchase),
    }),
  },
  {
    check: 'PRODUCT_MISSING',
    look: ({ rule, purchase }) => ({
      value: wanted(soldNames(rule, purchase)),
      limit: wanted(rule.products),
      fault: checkProducts(rule, purchase),
    }),
  },
  {
    check: 'BELOW_MINIMUM',
    look: ({ rule, counted }) => {
      const amount = counted.amounts[comparedBy(rule)]
      return {
        value: amount?.ok ? amount.value : null,
        limit: amountOf(rule.minimumValue),
        fault: checkMinimum(rule, counted),
      }
    },
  },
  {
    check: 'VALUE_OUT_OF_RANGE',
    look: ({ rule, counted }) => ({
      value: countedValue(rule, counted),
      limit: rule.value === 'one' ? null : MAX_QUANTITY,
      fault: checkValue(rule, counted),
    }),
  },
  {
    check: 'GUEST_IGNORED',
    look: (sight) => ({
      value: customerOf(sight),
      limit: sight.rule.guests,
      fault: identityFault(sight, 'GUEST_IGNORED'),
    }),
  },
  {
    check: 'NO_CUSTOMER',
    look: (sight) => ({
      value: customerOf(sight),
      limit: sight.rule.identifyBy,
      fault: identityFault(sight, 'NO_CUSTOMER'),
    }),
  },
  {
    check: 'NO_EMAIL',
    look: (sight) => ({
      value: sight.purchase.profile.email ?? null,
      limit: sight.rule.identifyBy,
      fault: identityFault(sight, 'NO_EMAIL'),
    }),
  },
  {
    check: 'IN_FUTURE',
    look: ({ purchase: { activityAt }, input: { receivedAt } }) => ({
      value: iso(activityAt),
      limit: iso(receivedAt + FUTURE_TOLERANCE_MS),
      fault: activityAt - receivedAt > FUTURE_TOLERANCE_MS ? inFuture(activityAt, receivedAt) : null,
    }),
  },
]

/** Why the rule does not take the purchase; null where it does. */
export function firstFault(sight: Sight): Fault | null {
  for (const { look } of CHECKS) {
    const { fault } = look(sight)
    if (fault !== null) return 'kind' in fault ? fault : { kind: 'ignored', ...fault }
  }
  return null
}

/** How the purchase fares by each check. */
export function checksOf(sight: Sight): RuleCheck[] {
  return CHECKS.map(({ check, look }) => {
    const { value, limit, fault } = look(sight)
    return { check, passed: fault === null, value, limit }
  })
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

import type Stripe from 'stripe'
import type { Told } from '../../../src/ports/platform-calls.ts'
import { type Asking, ask } from './ask.ts'

/** A permission of a restricted key, by the name that Stripe's refusals give it, and a request that needs it. */
interface Permission {
  readonly name: string
  /** Without it nothing counts; the others make coupons. */
  readonly isNeeded: boolean
  /** Makes nothing and changes nothing: it reads, or changes an object that is not there. */
  readonly probe: (stripe: Stripe) => Promise<unknown>
}

/** No object has these ids. */
const NOBODY = 'streakline_asks_whether_it_may'
const ONE = { limit: 1 }

const PERMISSIONS: readonly Permission[] = [
  { name: 'rak_charge_read', isNeeded: true, probe: (stripe) => stripe.charges.list(ONE) },
  { name: 'rak_event_read', isNeeded: true, probe: (stripe) => stripe.events.list(ONE) },
  { name: 'rak_webhook_read', isNeeded: true, probe: (stripe) => stripe.webhookEndpoints.list(ONE) },
  {
    name: 'rak_webhook_write',
    isNeeded: true,
    probe: (stripe) => stripe.webhookEndpoints.update(`we_${NOBODY}`, {}),
  },
  { name: 'rak_coupon_read', isNeeded: false, probe: (stripe) => stripe.coupons.list(ONE) },
  { name: 'rak_coupon_write', isNeeded: false, probe: (stripe) => stripe.coupons.update(NOBODY, {}) },
  { name: 'rak_promotion_code_read', isNeeded: false, probe: (stripe) => stripe.promotionCodes.list(ONE) },
  {
    name: 'rak_promotion_code_write',
    isNeeded: false,
    probe: (stripe) => stripe.promotionCodes.update(`promo_${NOBODY}`, {}),
  },
]

/** What was found out about a key. */
export interface Permitted {
  readonly scopes: readonly string[]
  readonly missingScopes: readonly string[]
  /** Of the missing ones those without which nothing counts. */
  readonly missingNeeds: readonly string[]
  /** The account, as refusals name it; null where there were none, or none that says. */
  readonly accountId: string | null
}

/** Finds out what a key may do, by asking. A 401 refuses all of it; every other no is an answer. */
export async function askPermissions(asking: Asking): Promise<Told<Permitted>> {
  const answers = await Promise.all(
    PERMISSIONS.map(async (permission) => ({
      permission,
      told: await ask(asking, () => permission.probe(asking.stripe)),
    })),
  )
  for (const { told } of answers) {
    if (told.outcome === 'unavailable' || (told.outcome === 'refused' && told.refused === 'access'))
      return told
  }
  const refusals = answers.flatMap(({ permission, told }) =>
    told.outcome === 'refused' && told.refused === 'permission'
      ? [{ permission, names: namesIn(told.message, permission.name), message: told.message }]
      : [],
  )
  const missing = new Set(refusals.map(({ permission }) => permission.name))
  return {
    outcome: 'ok',
    value: {
      scopes: PERMISSIONS.map(({ name }) => name).filter((name) => !missing.has(name)),
      missingScopes: [...new Set(refusals.flatMap(({ names }) => names))],
      missingNeeds: [
        ...new Set(refusals.flatMap(({ permission, names }) => (permission.isNeeded ? names : []))),
      ],
      accountId: accountIn(refusals.map(({ message }) => message)),
    },
  }
}

/** Stripe says which permission would do; its name goes before ours. */
function namesIn(message: string, otherwise: string): readonly string[] {
  const names = message.match(/\brak_[a-z0-9_]+/g)
  return names === null ? [otherwise] : [...new Set(names)]
}

export function accountIn(messages: readonly string[]): string | null {
  for (const message of messages) {
    const [account] = /\bacct_[A-Za-z0-9]+/.exec(message) ?? []
    if (account !== undefined) return account
  }
  return null
}

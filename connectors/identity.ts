import type { IgnoreReason } from '../src/ports/connector.ts'
import { type ConnectorRule, emailIdentity } from '../src/ports/schema/values.ts'
import { MAX_ID_CHARACTERS } from './profile.ts'
import type { Buyer } from './purchase.ts'

export type Identity =
  | { readonly ok: true; readonly externalId: string }
  | { readonly ok: false; readonly reason: IgnoreReason; readonly message: string }

type IdentityRule = Pick<ConnectorRule, 'identifyBy' | 'guests'>

/** Of the contract: what a rule has that says nothing else. */
const DEFAULT_RULE: IdentityRule = { identifyBy: 'customer_id', guests: 'by_email' }

/**
 * Whose purchase it is, as a rule sees it: `shopify:{customer id}`, `stripe:{customer id}` or `email:{address}`.
 * Never another identity than the rule asks for, and never a shortened one: two people must not become one member.
 */
export function identify(rule: IdentityRule, buyer: Buyer): Identity {
  const { customer } = buyer
  if (customer.kind === 'guest' && rule.guests === 'ignore') {
    return ignore('GUEST_IGNORED', "the order has no customer id; the rule's guests is ignore")
  }
  if (rule.identifyBy === 'email' || customer.kind === 'guest') return byEmail(buyer)
  if (customer.kind === 'unusable') {
    return ignore(
      'NO_CUSTOMER',
      `the order's customer id is not one of at most ${MAX_ID_CHARACTERS} characters`,
    )
  }
  const externalId = `${buyer.platform}:${customer.id}`
  return fits(externalId)
    ? { ok: true, externalId }
    : ignore('NO_CUSTOMER', `${buyer.platform}:{customer id} is longer than ${MAX_ID_CHARACTERS} characters`)
}

/** Every member whose data a body may hold, whatever a rule identifies buyers by. */
export function externalIds(...buyers: readonly Buyer[]): string[] {
  const identities = buyers.flatMap((buyer) => [
    identify(DEFAULT_RULE, buyer),
    identify({ ...DEFAULT_RULE, identifyBy: 'email' }, buyer),
  ])
  return [...new Set(identities.flatMap((identity) => (identity.ok ? [identity.externalId] : [])))]
}

/** The member whose data a body holds, by the default identity; null when it names nobody who can be a member. */
export function defaultExternalId(buyer: Buyer): string | null {
  const identity = identify(DEFAULT_RULE, buyer)
  return identity.ok ? identity.externalId : null
}

function byEmail({ profile, droppedFields }: Buyer): Identity {
  if (profile.email === undefined) {
    const what = droppedFields.includes('email') ? 'no valid address' : 'no address'
    return ignore('NO_EMAIL', `the order has ${what} to identify its buyer by`)
  }
  const externalId = emailIdentity(profile.email)
  return fits(externalId)
    ? { ok: true, externalId }
    : ignore('NO_EMAIL', `email:{address} is longer than ${MAX_ID_CHARACTERS} characters`)
}

function fits(externalId: string): boolean {
  return externalId.length <= MAX_ID_CHARACTERS
}

function ignore(reason: IgnoreReason, message: string): Identity {
  return { ok: false, reason, message }
}

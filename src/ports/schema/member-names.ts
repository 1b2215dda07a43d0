import { foldText } from '../fold-text.ts'
import { emailIdentity, type PurchaseActivity } from './values.ts'

/** What members are found by by name, whichever of its parts is said first; null without a name. */
export function nameKeys({
  firstName,
  lastName,
}: Readonly<Record<'firstName' | 'lastName', string | null>>): {
  readonly nameKey: string | null
  readonly turnedNameKey: string | null
} {
  const keyOf = (...parts: readonly (string | null)[]) =>
    foldName(parts.filter((part) => part !== null).join(' ')) || null
  const [nameKey, turned] = [keyOf(firstName, lastName), keyOf(lastName, firstName)]
  return { nameKey, turnedNameKey: turned === nameKey ? null : turned }
}

/** The form in which what somebody types is compared with these. */
export function foldName(name: string): string {
  return foldText(name).trim()
}

/** The address of a purchase, where its buyer is known by something else; null where there is none. */
export function addressBeside(buyer: Pick<PurchaseActivity, 'externalId' | 'profile'>) {
  const identity = buyer.profile.email === undefined ? null : emailIdentity(buyer.profile.email)
  return identity === buyer.externalId ? null : identity
}

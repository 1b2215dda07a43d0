import type { Member } from '../../client/schema.ts'

/** What people call a shopper: the name, else the address, else the number. */
export function personWords({ firstName, lastName, email, externalId }: Member): string {
  const name = [firstName, lastName].filter((part) => part !== null && part !== '').join(' ')
  return name || email || externalId
}

import type { Member } from '../../client/schema.ts'

/** What people call a shopper: the name, else the address, else the number. */
export function personWords({ firstName, lastName, email, externalId }: Member): string {
  const name = [firstName, lastName].flatMap((part) => part?.trim() || []).join(' ')
  return [name, email ?? ''].find((words) => seen(words) !== '') ?? externalId
}

/**
 * Whether a name was typed as it is seen: how letters are composed, how many blanks there are and marks of direction
 * cannot be seen, so nobody can type them.
 */
export const isTyped = (typed: string, name: string): boolean => seen(typed) === seen(name)

function seen(text: string): string {
  return text
    .normalize('NFC')
    .replace(/\p{Default_Ignorable_Code_Point}|\p{Cf}/gu, '')
    .replace(/\p{White_Space}+/gu, ' ')
    .trim()
}

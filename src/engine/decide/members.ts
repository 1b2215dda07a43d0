import { changedFields } from '../../commit/changed-fields.ts'
import { insert, revise } from '../../ports/changes.ts'
import type { Instant } from '../../ports/clock.ts'
import { nameKeys } from '../../ports/schema/member-names.ts'
import { emailIdentity, PROFILE_FIELDS } from '../../ports/schema/values.ts'
import type { Row } from '../../ports/schema.ts'
import type { Change } from '../../ports/store.ts'
import type { MemberRef } from '../types.ts'

type StatedProfile = Pick<Extract<MemberRef, { externalId: string }>, 'profile' | 'profileAt' | 'fillsBlanks'>

/** Members as a batch changes them: created or updated together with the logs that name them. */
export class MemberChanges {
  readonly #original = new Map<string, Row<'member'> | null>()
  readonly #current = new Map<string, Row<'member'>>()

  /** A member that does not exist yet. */
  create(
    id: string,
    accountId: string,
    ref: Extract<MemberRef, { externalId: string }>,
    now: Instant,
  ): Row<'member'> {
    const nobody = { firstName: null, lastName: null, email: null, phoneNumber: null }
    const blank = { ...nobody, emailIdentity: null, ...nameKeys(nobody), profileTimes: {} }
    const common = { id, accountId, createdAt: now, updatedAt: now, revision: 1 }
    const row = withProfile({ ...common, ...blank, externalId: ref.externalId, status: 'live' }, ref, now)
    this.#original.set(id, null)
    this.#current.set(id, row)
    return row
  }

  /** Takes a profile over, by the rule of its source. Returns the member as it then is. */
  update(stored: Row<'member'>, ref: MemberRef, now: Instant): Row<'member'> {
    const member = this.#current.get(stored.id) ?? stored
    if ('id' in ref) return member
    const updated = withProfile(member, ref, now)
    if (updated === member) return member
    if (!this.#original.has(stored.id)) this.#original.set(stored.id, stored)
    const final = { ...updated, updatedAt: now }
    this.#current.set(stored.id, final)
    return final
  }

  /** A member as the batch leaves it; undefined where the batch does not write it. */
  current(id: string): Row<'member'> | undefined {
    return this.#current.get(id)
  }

  changes(): Change[] {
    return [...this.#current.values()].map((row): Change => {
      const original = this.#original.get(row.id)
      if (original === null || original === undefined) return insert('member', row)
      const { firstName, lastName, email, emailIdentity, phoneNumber, profileTimes, updatedAt } = row
      const { nameKey, turnedNameKey } = row
      const profile = {
        ...{ firstName, lastName, email, emailIdentity, phoneNumber, profileTimes, updatedAt },
        ...{ nameKey, turnedNameKey },
      }
      return revise('member', original, changedFields(original, profile))
    })
  }
}

/**
 * Supplied fields overwrite, absent ones stay. A value with a source time older than that of the value it would
 * replace only fills a blank, and so does a replayed one whatever its time; the API's (no source time) counts as of the
 * request and always overwrites. Repeating a value makes it newer. Returns the same object when nothing changes.
 */
export function withProfile(
  member: Row<'member'>,
  { profile, profileAt, fillsBlanks = false }: StatedProfile,
  now: Instant,
): Row<'member'> {
  const at = profileAt ?? now
  const values: Partial<Row<'member'>> = {}
  const times: Record<string, Instant> = {}
  for (const field of PROFILE_FIELDS) {
    const value = profile[field]
    const knownAt = member.profileTimes[field]
    const isNewer = profileAt === null || knownAt === undefined || at >= knownAt
    const overwrites = isNewer && !fillsBlanks
    if (value === undefined || !(overwrites || member[field] === null)) continue
    if (value !== member[field]) values[field] = value
    if (at !== knownAt) times[field] = at
  }
  if (typeof values.email === 'string') values.emailIdentity = emailIdentity(values.email)
  if ('firstName' in values || 'lastName' in values) {
    Object.assign(values, nameKeys({ ...member, ...values }))
  }
  if (Object.keys(values).length === 0 && Object.keys(times).length === 0) return member
  return { ...member, ...values, profileTimes: { ...member.profileTimes, ...times } }
}

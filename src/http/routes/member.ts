import { commitPlanned, duplicateValue } from '../../commit/planned.ts'
import { eraseMember } from '../../members/erase.ts'
import { insert } from '../../ports/changes.ts'
import type { Instant } from '../../ports/clock.ts'
import { any, atLeast, below } from '../../ports/conditions.ts'
import { nameKeys } from '../../ports/schema/member-names.ts'
import {
  ERASED_PREFIX,
  emailIdentity,
  isErased,
  type MemberProfile,
  PROFILE_FIELDS,
  STATUSES,
} from '../../ports/schema/values.ts'
import type { Row } from '../../ports/schema.ts'
import type { Condition } from '../../ports/store.ts'
import { newRow, patchRow, recordNotFound } from '../../setup/change-row.ts'
import type { HttpDeps } from '../deps.ts'
import { zBlankText, zEmail, zExternalId, zObject, zOneOf, zPhone } from '../read/zod.ts'
import type { Resource } from '../resource.ts'
import { defaulted, maybe, required, shapeOf } from '../shape.ts'
import { eraseAction } from './erase.ts'
import { memberSearchQuestion } from './search.ts'

const profileReaders = {
  firstName: zBlankText(256),
  lastName: zBlankText(256),
  email: zEmail,
  phoneNumber: zPhone,
} satisfies Record<keyof MemberProfile, unknown>

/** A member's own fields as they stand in `ownedBy`. */
export const optionalProfile = zObject(profileReaders).partial().shape

const memberShape = shapeOf('member', {
  externalId: required(zExternalId),
  firstName: { ...maybe(profileReaders.firstName), contains: true },
  lastName: { ...maybe(profileReaders.lastName), contains: true },
  email: maybe(profileReaders.email),
  phoneNumber: maybe(profileReaders.phoneNumber),
  status: defaulted(zOneOf(STATUSES), 'live'),
})

function timesOf(fields: readonly string[], at: Instant): Record<string, Instant> {
  return Object.fromEntries(fields.map((field) => [field, at]))
}

/** What a member is found by, by its address and its name. */
function foundBy({
  email,
  ...names
}: Pick<Row<'member'>, 'email' | 'firstName' | 'lastName'>): Pick<
  Row<'member'>,
  'emailIdentity' | 'nameKey' | 'turnedNameKey'
> {
  return { emailIdentity: email === null ? null : emailIdentity(email), ...nameKeys(names) }
}

/** Of these fields those that are named. */
function only<T extends object>(
  given: T,
  names: ReadonlySet<string>,
): { [F in keyof T]-?: Exclude<T[F], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([field]) => names.has(field))) as never
}

/** `;` follows `:`, so this is the least text behind all that begin with the prefix. */
const BEHIND_ERASED = `${ERASED_PREFIX.slice(0, -1)};`
const NOT_ERASED: Condition<'member'> = any(
  below('externalId', ERASED_PREFIX),
  atLeast('externalId', BEHIND_ERASED),
)

/** @throws AppError NOT_FOUND for what only stands for somebody who was erased */
function refuseErased(row: Row<'member'>): void {
  if (isErased(row)) throw recordNotFound('member')
}

export function memberResource({
  store,
  newId,
  clock,
  teller,
}: Pick<HttpDeps, 'store' | 'newId' | 'clock' | 'teller'>): Resource<'member'> {
  const { fields, bodies, readCreate, readPatch, json } = memberShape
  return {
    slug: 'account_user',
    isTagged: true,
    noun: 'member',
    collection: 'member',
    fields,
    bodies,
    allows: ['list', 'create', 'get', 'patch', 'delete'],
    refuses: {},
    scope: NOT_ERASED,
    fails: { create: ['DUPLICATE_VALUE'], patch: ['DUPLICATE_VALUE'] },
    async create({ caller: { accountId }, now, log }, body) {
      const input = readCreate(body)
      const supplied = PROFILE_FIELDS.filter((field) => input[field] !== null)
      const profileTimes = timesOf(supplied, now)
      const row = { ...newRow(newId(), accountId, now), ...input, ...foundBy(input), profileTimes }
      await commitPlanned(
        store,
        async () => ({ changes: [insert('member', row)], result: undefined }),
        () => duplicateValue(store, 'member', accountId, 'externalId', row.externalId),
      )
      log({ memberId: row.id })
      return json(row)
    },
    async patch({ caller: { accountId }, now, log }, id, body) {
      const given = readPatch(body)
      log({ memberId: id })
      const target = { collection: 'member', noun: 'member', accountId, id } as const
      const row = await patchRow(store, target, now, {
        given,
        // what the API writes is newer than any profile a connector delivered before
        follow: (changed, stored) => ({
          ...foundBy({ ...stored, ...only(given, changed) }),
          profileTimes: {
            ...stored.profileTimes,
            ...timesOf(
              PROFILE_FIELDS.filter((field) => changed.has(field)),
              now,
            ),
          },
        }),
        refuse: refuseErased,
        onDuplicate: () => duplicateValue(store, 'member', accountId, 'externalId', given.externalId ?? ''),
      })
      return json(row)
    },
    async remove({ caller: { accountId }, log }, id) {
      log({ memberId: id })
      await eraseMember({ store, clock, teller }, accountId, id)
    },
    questions: { search: memberSearchQuestion({ store }, (_accountId, rows) => rows.map(json)) },
    bulkActions: { erase: eraseAction({ store, clock, newId, teller }) },
  }
}

import { commitPlanned, duplicateValue } from '../../commit/planned.ts'
import { eraseMember } from '../../members/erase.ts'
import { insert } from '../../ports/changes.ts'
import type { Instant } from '../../ports/clock.ts'
import { any, atLeast, below } from '../../ports/conditions.ts'
import { ERASED_PREFIX, isErased, type MemberProfile } from '../../ports/schema/values.ts'
import type { Row } from '../../ports/schema.ts'
import type { Condition } from '../../ports/store.ts'
import { patchRow, recordNotFound } from '../../setup/change-row.ts'
import type { HttpDeps } from '../deps.ts'
import { checkCreate, checkPatch } from '../read/check.ts'
import { zEmail, zExternalId, zObject, zOneOf, zOptionalText, zPhone } from '../read/zod.ts'
import { ID, type PublicFields, type Resource, rowJson, STATUSES, TIMES } from '../resource.ts'

export const memberFields: PublicFields<'member'> = {
  ...ID,
  externalId: { stored: 'externalId' },
  firstName: { stored: 'firstName', contains: true },
  lastName: { stored: 'lastName', contains: true },
  email: { stored: 'email' },
  phoneNumber: { stored: 'phoneNumber' },
  status: { stored: 'status', values: STATUSES },
  ...TIMES,
}

/** A member's own fields, in its own record and in `ownedBy`. */
export const profileShape = {
  firstName: zOptionalText(256),
  lastName: zOptionalText(256),
  email: zEmail.optional(),
  phoneNumber: zPhone.optional(),
}

/** Only what was supplied: absent fields stay as they are. */
export function suppliedProfile(
  input: { readonly [F in keyof MemberProfile]?: string | undefined },
): MemberProfile {
  const { firstName, lastName, email, phoneNumber } = input
  return Object.fromEntries(
    Object.entries({ firstName, lastName, email, phoneNumber }).filter(([, value]) => value !== undefined),
  )
}

const createSchema = zObject({
  externalId: zExternalId,
  ...profileShape,
  status: zOneOf(STATUSES).default('live'),
})

const patchSchema = zObject({
  externalId: zExternalId.optional(),
  firstName: zOptionalText(256).nullable(),
  lastName: zOptionalText(256).nullable(),
  email: zEmail.nullable().optional(),
  phoneNumber: zPhone.nullable().optional(),
  status: zOneOf(STATUSES).optional(),
})
const PROFILE = ['firstName', 'lastName', 'email', 'phoneNumber'] as const

function timesOf(fields: readonly string[], at: Instant): Record<string, Instant> {
  return Object.fromEntries(fields.map((field) => [field, at]))
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
}: Pick<HttpDeps, 'store' | 'newId' | 'clock'>): Resource<'member'> {
  return {
    slug: 'account_user',
    noun: 'member',
    collection: 'member',
    fields: memberFields,
    allows: ['list', 'create', 'get', 'patch', 'delete'],
    refuses: {},
    scope: NOT_ERASED,
    fails: { create: ['DUPLICATE_VALUE'], patch: ['DUPLICATE_VALUE'] },
    bodies: { create: createSchema, patch: patchSchema },
    async create({ caller: { accountId }, now, log }, body) {
      const input = checkCreate(createSchema, body)
      const row: Row<'member'> = {
        id: newId(),
        accountId,
        createdAt: now,
        updatedAt: now,
        revision: 1,
        externalId: input.externalId,
        firstName: input.firstName ?? null,
        lastName: input.lastName ?? null,
        email: input.email ?? null,
        phoneNumber: input.phoneNumber ?? null,
        status: input.status,
        profileTimes: timesOf(
          PROFILE.filter((field) => input[field] !== undefined),
          now,
        ),
      }
      await commitPlanned(
        store,
        async () => ({ changes: [insert('member', row)], result: undefined }),
        () => duplicateValue(store, 'member', accountId, 'externalId', row.externalId),
      )
      log({ memberId: row.id })
      return rowJson('member', memberFields, row)
    },
    async patch({ caller: { accountId }, now, log }, id, body) {
      const input = checkPatch(patchSchema, body)
      log({ memberId: id })
      const target = { collection: 'member', noun: 'member', accountId, id } as const
      const { externalId = '' } = input
      const row = await patchRow(store, target, now, {
        given: input as Partial<Row<'member'>>,
        // what the API writes is newer than any profile a connector delivered before
        follow: (changed, { profileTimes }) => ({
          profileTimes: {
            ...profileTimes,
            ...timesOf(
              PROFILE.filter((field) => changed.has(field)),
              now,
            ),
          },
        }),
        check(_next, _changed, stored) {
          refuseErased(stored)
          return []
        },
        onDuplicate: () => duplicateValue(store, 'member', accountId, 'externalId', externalId),
      })
      // a patch that changes nothing was not checked
      refuseErased(row)
      return rowJson('member', memberFields, row)
    },
    remove({ caller: { accountId }, log }, id) {
      log({ memberId: id })
      return eraseMember({ store, clock }, accountId, id)
    },
  }
}

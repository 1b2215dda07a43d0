import type { MemberProfile, Row } from '../../ports/schema.ts'
import { commitPlanned, duplicateValue } from '../commit.ts'
import type { HttpDeps } from '../deps.ts'
import { checkCreate } from '../read/check.ts'
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

export function memberResource({ store, newId }: Pick<HttpDeps, 'store' | 'newId'>): Resource<'member'> {
  return {
    slug: 'account_user',
    noun: 'member',
    collection: 'member',
    fields: memberFields,
    allows: ['list', 'create', 'get'],
    refuses: {},
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
        profileAt: now,
      }
      await commitPlanned(
        store,
        async () => ({ changes: [{ op: 'insert', collection: 'member', row }], result: undefined }),
        () => duplicateValue(store, 'member', accountId, 'externalId', row.externalId),
      )
      log({ memberId: row.id })
      return rowJson('member', memberFields, row)
    },
  }
}

import { eraseAddress } from '../../members/erase-address.ts'
import type { HttpDeps } from '../deps.ts'
import { COUNT_SCHEMA, UUID_SCHEMA } from '../json/json-schema.ts'
import { checkCreate } from '../read/check.ts'
import { zBoolean, zEmail, zObject } from '../read/zod.ts'
import type { BulkAction } from '../resource.ts'

const eraseSchema = zObject({ email: zEmail, dryRun: zBoolean.default(false) })

/** Erases whom an address names. */
export function eraseAction(deps: Pick<HttpDeps, 'store' | 'clock' | 'newId' | 'teller'>): BulkAction {
  return {
    summary: 'Erase whom an address names',
    body: eraseSchema,
    answers: {
      name: 'AddressErased',
      schema: {
        type: 'object',
        required: ['dryRun', 'members', 'deliveries', 'otherMembers'],
        properties: {
          dryRun: { type: 'boolean' },
          members: COUNT_SCHEMA,
          deliveries: COUNT_SCHEMA,
          otherMembers: { type: 'array', items: UUID_SCHEMA },
        },
      },
    },
    status: 200,
    fails: [],
    async run({ caller: { accountId }, log }, body) {
      const { email, dryRun } = checkCreate(eraseSchema, body)
      const { members, deliveries, otherMembers } = await eraseAddress(deps, accountId, email, { dryRun })
      // the address itself is in no log line
      log({ members, deliveries })
      return { dryRun, members, deliveries, otherMembers }
    },
  }
}

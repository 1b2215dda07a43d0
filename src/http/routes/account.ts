import { invalid, notBuiltYet } from '../../errors.ts'
import type { Row } from '../../ports/schema.ts'
import { patchRow } from '../../setup/change-row.ts'
import type { HttpDeps } from '../deps.ts'
import { checkPatch } from '../read/check.ts'
import { zLater, zList, zObject, zRead, zText } from '../read/zod.ts'
import { ID, type PublicFields, type Resource, rowJson, TIMES } from '../resource.ts'
import { MAX_ORIGIN_CHARACTERS, readOrigin } from './origin.ts'
import { zTimezone } from './streak-shape.ts'

const MAX_ORIGINS = 50

const accountFields: PublicFields<'account'> = {
  ...ID,
  name: { stored: 'name' },
  timezone: { stored: 'timezone' },
  endUserOrigins: {
    stored: 'endUserOrigins',
    schema: { type: 'array', maxItems: MAX_ORIGINS, items: { type: 'string' } },
  },
  ...TIMES,
}

const zOrigin = zRead<string>(readOrigin, {
  type: 'string',
  maxLength: MAX_ORIGIN_CHARACTERS,
  pattern: '^[Hh][Tt][Tt][Pp][Ss]?://[^/?#@]+$',
})

const patchSchema = zObject({
  name: zText(256).optional(),
  timezone: zTimezone.optional(),
  endUserOrigins: zList(zOrigin, 0, MAX_ORIGINS).nullable().optional(),
  caps: zLater,
})

/** @throws AppError INVALID_INPUT for the first origin that is there twice */
function refuseRepeated(origins: readonly string[]): void {
  const index = origins.findIndex((origin, at) => origins.indexOf(origin) < at)
  if (index === -1) return
  const first = origins.indexOf(origins[index]!)
  throw invalid(`endUserOrigins.${index}`, `is the same origin as endUserOrigins.${first}`)
}

function givenBy(body: unknown): Partial<Row<'account'>> {
  const { endUserOrigins, caps, ...input } = checkPatch(patchSchema, body)
  if (caps !== undefined && caps !== null) throw notBuiltYet('caps', 'accounts have no caps')
  const given = input as Partial<Row<'account'>>
  if (endUserOrigins === undefined) return given
  refuseRepeated(endUserOrigins ?? [])
  return { ...given, endUserOrigins: endUserOrigins ?? [] }
}

const COMMAND_LINE = 'Accounts are made on the command line: streakline accounts create'
const KEPT = 'An account holds its ledger, which is permanent'

/** The one account that the caller's key belongs to. */
export function accountResource({ store }: Pick<HttpDeps, 'store'>): Resource<'account'> {
  return {
    slug: 'account',
    noun: 'account',
    collection: 'account',
    fields: accountFields,
    allows: ['list', 'get', 'patch'],
    refuses: { create: COMMAND_LINE, delete: KEPT },
    fails: { patch: ['NOT_BUILT_YET'] },
    bodies: { patch: patchSchema },
    async patch({ caller: { accountId }, now }, id, body) {
      const row = await patchRow(store, { collection: 'account', noun: 'account', accountId, id }, now, {
        given: givenBy(body),
      })
      return rowJson('account', accountFields, row)
    },
  }
}

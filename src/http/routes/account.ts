import { invalid } from '../../errors.ts'
import { patchAccount } from '../../setup/account.ts'
import type { HttpDeps } from '../deps.ts'
import { zList, zRead, zText } from '../read/zod.ts'
import type { Resource } from '../resource.ts'
import { emptiable, required, shapeOf } from '../shape.ts'
import { capsField, capsSpec } from './caps.ts'
import { MAX_ORIGIN_CHARACTERS, readOrigin } from './origin.ts'
import { zTimezone } from './streak-shape.ts'

const MAX_ORIGINS = 50

const zOrigin = zRead<string>(readOrigin, {
  type: 'string',
  maxLength: MAX_ORIGIN_CHARACTERS,
  pattern: '^[Hh][Tt][Tt][Pp][Ss]?://[^/?#@]+$',
})

const accountShape = shapeOf('account', {
  name: required(zText(256)),
  timezone: required(zTimezone),
  endUserOrigins: {
    ...emptiable(zList(zOrigin, 0, MAX_ORIGINS), []),
    schema: { type: 'array', maxItems: MAX_ORIGINS, items: { type: 'string' } },
  },
  caps: capsField,
})

/** @throws AppError INVALID_INPUT for the first origin that is there twice */
function refuseRepeated(origins: readonly string[]): void {
  const index = origins.findIndex((origin, at) => origins.indexOf(origin) < at)
  if (index === -1) return
  const first = origins.indexOf(origins[index]!)
  throw invalid(`endUserOrigins.${index}`, `is the same origin as endUserOrigins.${first}`)
}

const COMMAND_LINE = 'Accounts are made on the command line: streakline accounts create'
const KEPT = 'Accounts are deleted on the command line: streakline accounts delete'

/** The one account that the caller's key belongs to. */
export function accountResource({ store }: Pick<HttpDeps, 'store'>): Resource<'account'> {
  const { fields, bodies, readPatch, json } = accountShape
  return {
    slug: 'account',
    isTagged: true,
    noun: 'account',
    collection: 'account',
    fields,
    bodies,
    allows: ['list', 'get', 'patch'],
    refuses: { create: COMMAND_LINE, delete: KEPT },
    async patch({ caller: { accountId }, now }, id, body) {
      const given = readPatch(body)
      refuseRepeated(given.endUserOrigins ?? [])
      const caps = given.caps && capsSpec(given.caps)
      return json(await patchAccount(store, accountId, id, now, { ...given, caps }))
    },
  }
}

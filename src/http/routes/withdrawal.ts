import type { EntryRequest } from '../../engine/types.ts'
import { AppError } from '../../errors.ts'
import type { Row } from '../../ports/schema.ts'
import type { HttpDeps } from '../deps.ts'
import type { JsonObject } from '../json/write-json.ts'
import { checkCreate } from '../read/check.ts'
import { zObject, zPositiveQuantity, zText, zUuid } from '../read/zod.ts'
import {
  type Action,
  type AdminCall,
  ID,
  type PublicFields,
  type Resource,
  rowJson,
  TIMES,
} from '../resource.ts'

export const withdrawalFields: PublicFields<'withdrawal'> = {
  ...ID,
  streakLogId: { stored: 'streakLogId' },
  ownedById: { stored: 'ownedById' },
  streakId: { stored: 'streakId' },
  kind: { stored: 'kind' },
  value: { stored: 'value' },
  reason: { stored: 'reason' },
  uniqueIdentifier: { stored: 'uniqueIdentifier' },
  withdrawalId: { stored: 'withdrawalId' },
  deliveryId: { stored: 'deliveryId' },
  ...TIMES,
}

const ON_THE_LOG = 'A withdrawal is made on its streak log: POST /schema/streak_log/record/{id}/withdrawal'
const APPEND_ONLY = 'Withdrawals are permanent; a reinstatement undoes one'

/** The entries of the ledger that take logs back, and those that undo that. */
export function withdrawalResource(): Resource<'withdrawal'> {
  return {
    slug: 'withdrawal',
    noun: 'withdrawal',
    collection: 'withdrawal',
    fields: withdrawalFields,
    allows: ['list', 'get'],
    refuses: { create: ON_THE_LOG, patch: APPEND_ONLY, delete: APPEND_ONLY },
    ledger: true,
  }
}

const withdrawalSchema = zObject({
  reason: zText(1024),
  uniqueIdentifier: zText(256),
  value: zPositiveQuantity.optional(),
})
const reinstatementSchema = zObject({ reason: zText(1024), withdrawalId: zUuid })

const DUPLICATES = {
  withdrawal: {
    code: 'DUPLICATE_WITHDRAWAL',
    path: 'uniqueIdentifier',
    message: 'was already used on this streak log',
  },
  reinstatement: { code: 'DUPLICATE_REINSTATEMENT', path: 'withdrawalId', message: 'was undone already' },
} as const

/** What a backend can do to a streak log that is there. */
export function logActions({ entries }: Pick<HttpDeps, 'entries'>): Readonly<Record<string, Action>> {
  const enter = async (
    { caller: { accountId }, log }: AdminCall,
    streakLogId: string,
    reason: string,
    entry: EntryRequest['entry'],
  ): Promise<JsonObject> => {
    log({ streakLogId })
    const result = await entries.enter({ accountId, streakLogId, reason, entry })
    if (result.outcome === 'recorded') return entryJson(result.entry)
    if (result.outcome === 'rejected') {
      const { code, path, message } = result
      throw new AppError(code, message, path === '' ? {} : { details: [{ path, message }] })
    }
    const { code, path, message } = DUPLICATES[entry.kind]
    const details = [{ path, message, existingId: result.existingId }]
    throw new AppError(code, `${path} ${message}; existingId is that entry`, { details })
  }
  return {
    withdrawal: {
      summary: 'Record a withdrawal of a streak log',
      body: withdrawalSchema,
      answers: 'withdrawal',
      status: 201,
      fails: ['NOT_FOUND', 'DUPLICATE_WITHDRAWAL'],
      run(call, id, body) {
        const { reason, uniqueIdentifier, value = null } = checkCreate(withdrawalSchema, body)
        return enter(call, id, reason, { kind: 'withdrawal', value, uniqueIdentifier })
      },
    },
    reinstatement: {
      summary: 'Record a reinstatement of a streak log',
      body: reinstatementSchema,
      answers: 'withdrawal',
      status: 201,
      fails: ['NOT_FOUND', 'REFERENCE_NOT_FOUND', 'DUPLICATE_REINSTATEMENT'],
      run(call, id, body) {
        const { reason, withdrawalId } = checkCreate(reinstatementSchema, body)
        return enter(call, id, reason, { kind: 'reinstatement', withdrawalId })
      },
    },
  }
}

function entryJson(row: Row<'withdrawal'>): JsonObject {
  return rowJson('withdrawal', withdrawalFields, row)
}

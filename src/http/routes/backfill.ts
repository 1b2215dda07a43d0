import { equal } from '../../ports/conditions.ts'
import type { Row } from '../../ports/schema.ts'
import type { HttpDeps } from '../deps.ts'
import { orNull } from '../json/json-schema.ts'
import { instantJson, type Json, type JsonObject } from '../json/write-json.ts'
import { checkCreate } from '../read/check.ts'
import { zBoolean, zInstant, zObject } from '../read/zod.ts'
import { type Action, ID, type PublicFields, type Resource, rowJson, TIMES } from '../resource.ts'

const problemSchema = {
  type: 'object',
  required: ['code', 'message', 'since'],
  properties: {
    code: { type: 'string' },
    message: { type: 'string' },
    since: { type: 'string', format: 'date-time' },
  },
} as const

const backfillFields: PublicFields<'backfill'> = {
  ...ID,
  connectorId: { stored: 'connectorId' },
  state: { stored: 'state' },
  since: { stored: 'since' },
  until: { stored: 'until' },
  dryRun: { stored: 'dryRun' },
  rewards: { stored: 'rewards' },
  found: { stored: 'found' },
  counted: { stored: 'counted' },
  duplicates: { stored: 'duplicates' },
  ignored: { stored: 'ignored' },
  failed: { stored: 'failed' },
  readUpTo: { stored: 'readUpTo' },
  problem: { stored: 'problem', schema: orNull(problemSchema), show: problemJson },
  startedAt: { stored: 'startedAt' },
  endedAt: { stored: 'endedAt' },
  ...TIMES,
}

function problemJson({ problem }: Row<'backfill'>): Json {
  return problem === null ? null : { ...problem, since: instantJson(problem.since) }
}

const json = (row: Row<'backfill'>): JsonObject => rowJson('backfill', backfillFields, row)

const askedSchema = zObject({
  since: zInstant,
  until: zInstant.optional(),
  dryRun: zBoolean.default(false),
  rewards: zBoolean.default(false),
})
const cancelSchema = zObject({})

const BY_CONNECTOR = 'A backfill is begun for a connector: POST /schema/connector/record/{id}/backfill'
const IS_RECORD = 'A backfill is a record of what was read; cancel ends one that runs'

export function backfillResource({ backfills }: Pick<HttpDeps, 'backfills'>): Resource<'backfill'> {
  const cancel: Action = {
    summary: 'Cancel a backfill',
    body: cancelSchema,
    answers: 'backfill',
    status: 200,
    fails: ['NOT_FOUND'],
    async run({ caller: { accountId }, log }, id, body) {
      checkCreate(cancelSchema, body)
      log({ backfillId: id })
      return json(await backfills.cancel(accountId, id))
    },
  }
  return {
    slug: 'backfill',
    noun: 'backfill',
    collection: 'backfill',
    fields: backfillFields,
    scope: equal({ kind: 'backfill' }),
    allows: ['list', 'get'],
    refuses: { create: BY_CONNECTOR, patch: IS_RECORD, delete: IS_RECORD },
    actions: { cancel },
  }
}

/** `POST /schema/connector/record/{id}/backfill`. */
export function backfillAction({ backfills }: Pick<HttpDeps, 'backfills'>): Action {
  return {
    summary: 'Begin a backfill of past orders',
    body: askedSchema,
    answers: 'backfill',
    status: 201,
    fails: ['NOT_FOUND', 'NOT_INSTALLED', 'CONNECTOR_NOT_LIVE', 'SCOPE_MISSING', 'BACKFILL_RUNNING'],
    async run({ caller: { accountId }, log }, connectorId, body) {
      const asked = checkCreate(askedSchema, body)
      log({ connectorId })
      const row = await backfills.begin(accountId, connectorId, asked)
      log({ backfillId: row.id })
      return json(row)
    },
  }
}

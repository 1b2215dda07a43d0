import { findRow } from '../../commit/planned.ts'
import { AppError } from '../../errors.ts'
import { membersMeant } from '../../members/privacy-scope.ts'
import { change } from '../../ports/changes.ts'
import type { Row } from '../../ports/schema.ts'
import { recordNotFound } from '../../setup/change-row.ts'
import type { HttpDeps } from '../deps.ts'
import { COUNT_SCHEMA, type JsonSchema, orNull } from '../json/json-schema.ts'
import { ID, type PublicFields, type Reading, type Resource, TIMES } from '../resource.ts'
import { exportSchema, memberExportText } from './member-export.ts'

const COUNTS_SCHEMA: JsonSchema = {
  type: 'object',
  required: ['members', 'deliveries', 'codes'],
  properties: { members: COUNT_SCHEMA, deliveries: COUNT_SCHEMA, codes: COUNT_SCHEMA },
}

const privacyRequestFields: PublicFields<'privacy_request'> = {
  ...ID,
  kind: { stored: 'kind' },
  connectorId: { stored: 'connectorId' },
  deliveryId: { stored: 'deliveryId' },
  customerExternalIds: {
    stored: 'customerExternalIds',
    schema: { type: 'array', items: { type: 'string' } },
  },
  receivedAt: { stored: 'receivedAt' },
  dueAt: { stored: 'dueAt' },
  state: { stored: 'state' },
  doneAt: { stored: 'doneAt' },
  counts: { stored: 'counts', schema: orNull(COUNTS_SCHEMA) },
  ...TIMES,
}

const FROM_PLATFORMS = 'Privacy requests are what platforms pass on: they come in as webhooks'

/** What platforms pass on of what privacy law asks for. */
export function privacyRequestResource(deps: HttpDeps): Resource<'privacy_request'> {
  return {
    slug: 'privacy_request',
    noun: 'privacy request',
    collection: 'privacy_request',
    fields: privacyRequestFields,
    allows: ['list', 'get'],
    refuses: { create: FROM_PLATFORMS, patch: FROM_PLATFORMS, delete: FROM_PLATFORMS },
    readings: { export: requestExport(deps) },
  }
}

/** What a data request asks for, to be handed to the merchant's customer. */
function requestExport(deps: HttpDeps): Reading {
  const properties = { members: { type: 'array', items: exportSchema(deps) } } as const
  return {
    summary: 'Export what a data request asks for',
    answers: { name: 'PrivacyExport', schema: { type: 'object', required: ['members'], properties } },
    fails: ['NOT_EXPORTABLE'],
    async *read({ caller: { accountId }, now, log }, id) {
      log({ privacyRequestId: id })
      const request = await findRow(deps.store, 'privacy_request', accountId, id)
      if (request === null) throw recordNotFound('privacy request')
      if (request.kind !== 'data_request') throw notExportable()
      const members = await membersMeant(deps.store, request)
      yield '{"members":['
      for (const [place, member] of members.entries()) {
        if (place > 0) yield ','
        yield* memberExportText(deps, accountId, member.id, now)
      }
      // with the first whole answer it is done
      await deps.store.commit(doneBy(request, members, now))
      yield ']}'
    },
  }
}

function doneBy(request: Row<'privacy_request'>, members: readonly Row<'member'>[], now: number) {
  if (request.state !== 'open') return []
  // nobody has looked yet whether it is ours, and here is nothing that says so
  if (request.workAt !== null && members.length === 0) return []
  const customerExternalIds = members.map(({ externalId }) => externalId)
  const set = { state: 'done', customerExternalIds, doneAt: now, updatedAt: now, workAt: null } as const
  return [change('privacy_request', request, { state: 'open' }, set)]
}

function notExportable(): AppError {
  return new AppError('NOT_EXPORTABLE', 'Only data requests have something to export; this is a redaction')
}

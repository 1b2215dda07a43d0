import { AppError } from '../../errors.ts'
import { type PublicFields, ID, type Resource, TIMES } from '../resource.ts'

const COUNTS_SCHEMA = {
  type: ['object', 'null'],
  required: ['members', 'deliveries', 'codes'],
  properties: {
    members: { type: 'integer', minimum: 0 },
    deliveries: { type: 'integer', minimum: 0 },
    codes: { type: 'integer', minimum: 0 },
  },
} as const

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
  counts: { stored: 'counts', schema: COUNTS_SCHEMA },
  ...TIMES,
}

const FROM_PLATFORMS = 'Privacy requests are what platforms pass on, as the law has them do'

/** What the law has platforms pass on. */
export function privacyRequestResource(): Resource<'privacy_request'> {
  return {
    slug: 'privacy_request',
    noun: 'privacy request',
    collection: 'privacy_request',
    fields: privacyRequestFields,
    allows: ['list', 'get'],
    refuses: { create: FROM_PLATFORMS, patch: FROM_PLATFORMS, delete: FROM_PLATFORMS },
  }
}
void AppError

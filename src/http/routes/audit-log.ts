import { ACTOR_KINDS } from '../../ports/schema/console-values.ts'
import { type JsonSchema, orNull } from '../json/json-schema.ts'
import { ID, type PublicFields, type Resource, TIMES } from '../resource.ts'

const CHANGED: JsonSchema = orNull({ type: 'object', additionalProperties: true })

const auditFields: PublicFields<'audit_log'> = {
  ...ID,
  actor: {
    schema: {
      type: 'object',
      required: ['kind', 'id', 'name'],
      properties: {
        kind: { type: 'string', enum: ACTOR_KINDS },
        id: orNull({ type: 'string' }),
        name: orNull({ type: 'string' }),
      },
    },
    show: ({ actorKind: kind, actorId: id, actorName: name }) => ({ kind, id, name }),
  },
  actorKind: { stored: 'actorKind' },
  actorId: { stored: 'actorId' },
  actorName: { stored: 'actorName' },
  action: { stored: 'action' },
  slug: { stored: 'slug' },
  recordId: { stored: 'recordId' },
  address: { stored: 'address' },
  before: { stored: 'before', schema: CHANGED },
  after: { stored: 'after', schema: CHANGED },
  ...TIMES,
}

const WRITTEN = 'Entries are written with the changes they tell of'
const KEPT = 'Entries are permanent'

/** Who changed what, when, from where. */
export function auditLogResource(): Resource<'audit_log'> {
  return {
    slug: 'audit_log',
    noun: 'audit entry',
    collection: 'audit_log',
    fields: auditFields,
    allows: ['list', 'get'],
    refuses: { create: WRITTEN, patch: KEPT, delete: KEPT },
    ledger: true,
  }
}

import { AppError } from '../../errors.ts'
import type { CollectionName, FieldName } from '../../ports/schema.ts'
import type { Condition } from '../../ports/store.ts'
import type { Caller, EndUser } from '../auth/caller.ts'
import type { JsonObject } from '../json/write-json.ts'
import { type Resource, rowJson } from '../resource.ts'

/** Nobody's id: the platform makes all ids of members, and never this one. */
const NOBODY = '00000000-0000-0000-0000-000000000000'

/** The rows of the member that the end user is; none for one who is no member yet, which the same index tells. */
export function ownRows<C extends CollectionName>({ memberId }: EndUser): Condition<C> {
  return { field: 'ownedById' as FieldName<C>, op: 'eq', value: memberId ?? NOBODY }
}

/**
 * The resource as this caller sees it. For an end user it has only the fields and rows of its view, so that whatever
 * reads, filters, sorts and shows knows of no others. @throws AppError FORBIDDEN where end users see nothing
 */
export function asSeenBy<C extends CollectionName>(resource: Resource<C>, caller: Caller): Resource<C> {
  if (caller.kind === 'admin') return resource
  const { endUser } = resource
  if (endUser === undefined) throw closedToEndUsers(resource.noun)
  // a ledger's filters must be selective; the rows of one member already are
  const { ledger: _, ...rest } = resource
  const { joined = {} } = endUser
  const fields = picked(resource.fields, endUser.shows)
  return {
    ...rest,
    fields,
    scope: { and: [...(resource.scope === undefined ? [] : [resource.scope]), endUser.scope(caller)] },
    async present(rows, options) {
      const records =
        (await resource.present?.(rows, options)) ??
        rows.map((row) => rowJson(resource.collection, fields, row))
      return records.map((record) => withoutHidden(record, joined))
    },
  }
}

export function closedToEndUsers(noun: string): AppError {
  return new AppError('FORBIDDEN', `End users have no access to this: a ${noun} is for your backend alone`)
}

function withoutHidden(record: JsonObject, joined: Readonly<Record<string, readonly string[]>>): JsonObject {
  const shown = { ...record }
  for (const [slug, fields] of Object.entries(joined)) {
    const other = shown[slug]
    if (other !== null && other !== undefined) shown[slug] = picked(other as JsonObject, fields)
  }
  return shown
}

function picked<T>(from: Readonly<Record<string, T>>, names: readonly string[]): Record<string, T> {
  return Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name)))
}

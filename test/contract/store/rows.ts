import { randomUUID } from 'node:crypto'
import type { FieldType } from '../../../src/ports/schema/spec.ts'
import { type CollectionName, type Row, specOf } from '../../../src/ports/schema.ts'

const DEFAULTS: Readonly<Record<FieldType, () => unknown>> = {
  id: () => randomUUID(),
  text: () => `text-${randomUUID()}`,
  integer: () => 0,
  boolean: () => false,
  instant: () => 1_700_000_000_000,
  quantity: () => 0n,
  json: () => ({}),
  bytes: () => new Uint8Array(0),
}

/** A complete row: what `given` leaves out is null where it may be, else a neutral value; ids and texts are new. */
export function row<C extends CollectionName>(collection: C, given: Partial<Row<C>> = {}): Row<C> {
  const made: Record<string, unknown> = {}
  for (const [name, { type, nullable }] of Object.entries(specOf(collection).fields)) {
    made[name] = nullable ? null : DEFAULTS[type]()
  }
  return Object.assign(made, given) as Row<C>
}

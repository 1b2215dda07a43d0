import { createHash } from 'node:crypto'
import { AppError } from '../errors.ts'
import type { Schema } from '../ports/schema/spec.ts'
import type { DropIndex, Fill, Step } from '../ports/schema/versions.ts'
import { latestOf, type Shape } from '../ports/schema.ts'

/** What a store says of itself. */
export interface Stamp {
  /** 0 when it was never migrated. */
  readonly version: number
  /** `shapeNumber` of the schema it was last brought to; null in stores of before it was noted. */
  readonly shape: number | null
}

/** A step under the name by which stores note how far it has come. */
export interface PlannedStep<S extends Step = Step> {
  /** `2.0`: the first step of version 2. */
  readonly name: string
  readonly version: number
  readonly step: S
}

/** How far a step has come. */
export interface StepState {
  /** The last id that a fill has done; '' before the first. */
  readonly cursor: string
  readonly rows: number
  readonly done: boolean
}

export const BEGUN: StepState = { cursor: '', rows: 0, done: false }

/** Rows of a fill that share a transaction: a few milliseconds, so that whoever records hardly waits. */
export const FILL_BATCH = 200

/** A number of 48 bits that changes with what a schema says of collections, fields, defaults and indexes. */
export function shapeNumber(schema: Schema): number {
  const exact = (_key: string, value: unknown) => {
    if (typeof value === 'bigint') return `${value} millionths`
    return value instanceof Uint8Array ? [...value] : value
  }
  const text = JSON.stringify(schema, exact)
  return Number.parseInt(createHash('sha256').update(text).digest('hex').slice(0, 12), 16)
}

/** @throws AppError CONFLICT, in a sentence, for a store that a newer program has brought forward */
export function refuseNewer(store: 'SQLite' | 'MongoDB', found: number, { versions }: Shape): void {
  const known = latestOf(versions)
  if (found <= known) return
  throw new AppError(
    'CONFLICT',
    `The store (${store}) has schema version ${found}, but this program knows versions up to ${known}: run the newer Streakline.`,
  )
}

/**
 * On MongoDB a document without the field is not in an index as if it had its default, so two rules hold everywhere.
 * @throws TypeError naming the index
 */
export function checkSchema(schema: Schema): void {
  for (const [collection, { fields, indexes }] of Object.entries(schema)) {
    for (const [name, { fields: keys, unique, where }] of Object.entries(indexes)) {
      const since = (field: string) => fields[field]?.default !== undefined
      if (unique === true && keys.some(since)) {
        throw new TypeError(
          `index ${name} of ${collection} is unique on a field with a default: fill a field that may be null`,
        )
      }
      if (where?.isTrue?.some((field) => fields[field]?.default === true)) {
        throw new TypeError(`index ${name} of ${collection} is for rows in which a field is true by default`)
      }
    }
  }
}

/** Whether a store is as its program needs it, but for what is filled beside it. */
export function isCurrent(stamp: Stamp, { schema, versions }: Shape): boolean {
  return stamp.version === latestOf(versions) && stamp.shape === shapeNumber(schema)
}

/** The steps of the versions above `version`, in their order. */
export function stepsAbove(version: number, { versions }: Shape): PlannedStep[] {
  return versions
    .filter((each) => each.version > version)
    .flatMap(({ version, steps = [] }) =>
      steps.map((step, at) => ({ name: `${version}.${at}`, version, step })),
    )
}

export function isBeside({ step }: PlannedStep): boolean {
  return step.kind === 'fill' && step.when === 'beside'
}

export function isFill(each: PlannedStep): each is PlannedStep<Fill> {
  return each.step.kind === 'fill'
}

export function isDropIndex(each: PlannedStep): each is PlannedStep<DropIndex> {
  return each.step.kind === 'drop_index'
}

/** A step for people. */
export function describeStep({ step }: PlannedStep): string {
  return step.kind === 'fill' ? `${step.what} (${step.collection})` : `removing index ${step.index}`
}

/** `Store.outstanding`, from what the store says. @param left fills that run beside the program and are not done */
export function describeOutstanding(
  stamp: Stamp,
  shape: Shape,
  left: ReadonlyMap<string, StepState>,
): string[] {
  const lines = shape.versions
    .filter(({ version }) => version > stamp.version)
    .map(({ version, what }) => `Version ${version}: ${what}.`)
  if (lines.length === 0 && stamp.shape !== shapeNumber(shape.schema)) {
    lines.push(
      `Version ${stamp.version}: collections, fields and indexes are to be compared with the schema.`,
    )
  }
  const fills = stepsAbove(0, shape).filter(({ name }) => left.has(name))
  return [
    ...lines,
    ...fills.map(
      (each) => `To be filled: ${describeStep(each)}, ${left.get(each.name)?.rows ?? 0} rows so far.`,
    ),
  ]
}

/** What a fill sets on rows, by their ids; rows that stay as they are are left out. */
export function fillOf({ of }: Fill, rows: readonly Readonly<Record<string, unknown>>[]) {
  return rows.flatMap((row) => {
    const set = of(row)
    return set === null || Object.keys(set).length === 0 ? [] : [{ id: String(row.id), set }]
  })
}

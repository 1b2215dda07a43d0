import mongoose from 'mongoose'
import { latestOf, type Shape } from '../../ports/schema.ts'
import { BEGUN, type PlannedStep, type Stamp, type StepState, shapeNumber } from '../plan.ts'
import { type MongoConnection, READ_OPTIONS, type Session, WRITE_CONCERN } from './connection.ts'
import type { Models, SchemaStamp } from './models.ts'

const STAMP = { _id: 'schema' }
const DUPLICATE_KEY = 11000
const WRITE = { writeConcern: WRITE_CONCERN } as const

interface StoredStep extends StepState {
  readonly _id: string
}
type Meta = mongoose.mongo.Collection<{ _id: string }>

export function metaOf({ meta }: Models): Meta {
  return meta.collection as unknown as Meta
}

const stepId = (name: string) => `step ${name}`

export async function readStamp({ models }: MongoConnection, session: Session): Promise<Stamp> {
  const found = await metaOf(models).findOne<SchemaStamp>(STAMP, { ...READ_OPTIONS, session })
  return { version: found?.version ?? 0, shape: found?.shape ?? null }
}

/** Steps that were begun, by their names. */
export async function readSteps(
  { models }: MongoConnection,
  session: Session,
): Promise<ReadonlyMap<string, StepState>> {
  const found = await metaOf(models)
    .find<StoredStep>({ _id: { $regex: '^step ' } as never }, { ...READ_OPTIONS, session })
    .toArray()
  return new Map(
    found.map(({ _id, cursor, rows, done }) => [_id.slice('step '.length), { cursor, rows, done }]),
  )
}

/** In a transaction, with what the step wrote. */
export async function writeStep(
  models: Models,
  session: Session,
  name: string,
  state: StepState,
): Promise<void> {
  await metaOf(models).updateOne({ _id: stepId(name) }, { $set: { ...state } }, { upsert: true, session })
}

export async function readStep(models: Models, session: Session, name: string): Promise<StepState | null> {
  return await metaOf(models).findOne<StoredStep>({ _id: stepId(name) }, { session })
}

export async function forgetStep(models: Models, session: Session, name: string): Promise<void> {
  await metaOf(models).deleteOne({ _id: stepId(name) }, { ...WRITE, session })
}

/** Steps that are left to be filled beside the program are noted before it, so that none is lost to a kill. */
export async function writeStamp(
  models: Models,
  session: Session,
  { schema, versions }: Shape,
  beside: readonly PlannedStep[],
  done: readonly PlannedStep[],
): Promise<void> {
  for (const { name } of beside) {
    const note = { $setOnInsert: { ...BEGUN } }
    await metaOf(models).updateOne({ _id: stepId(name) }, note, { ...WRITE, upsert: true, session })
  }
  // of two programs that migrate at once the newer one's version stays
  const stamp = { $max: { version: latestOf(versions) }, $set: { shape: shapeNumber(schema) } }
  await metaOf(models).updateOne(STAMP, stamp, { ...WRITE, upsert: true, session })
  for (const { name } of done) await forgetStep(models, session, name)
}

export function isDuplicate(error: unknown): boolean {
  return error instanceof mongoose.mongo.MongoServerError && error.code === DUPLICATE_KEY
}

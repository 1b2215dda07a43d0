import { setTimeout as delay } from 'node:timers/promises'
import mongoose from 'mongoose'
import { AppError } from '../../errors.ts'
import type { DropIndex } from '../../ports/schema/versions.ts'
import type { CollectionName } from '../../ports/schema.ts'
import type { Session } from './connection.ts'
import type { Models } from './models.ts'

type IndexDescription = mongoose.mongo.IndexDescription & { readonly name: string }

const TRIES = 20
const PAUSE_MS = 100
const DUPLICATE_KEY = 11000
/** IndexOptionsConflict, IndexKeySpecsConflict: an index of this name or these keys is there and is another one. */
const DIFFERS: ReadonlySet<number> = new Set([85, 86])
/**
 * Another process builds the same at the moment: NamespaceExists, WriteConflict, ConflictingOperationInProgress,
 * IndexBuildAborted, BackgroundOperationInProgressForNamespace.
 */
const UNDER_WAY: ReadonlySet<number> = new Set([48, 112, 117, 276, 12587])

/** Makes the collection of `model` and its indexes; those that are there already, in the same shape, are left alone. */
export async function buildIndexes(model: mongoose.Model<unknown>, session: Session): Promise<void> {
  const wanted = model.schema.indexes().map(([key, { name, unique, partialFilterExpression }]) => ({
    key: key as Record<string, 1>,
    name: String(name),
    ...(unique === true && { unique: true }),
    ...(partialFilterExpression !== undefined && { partialFilterExpression }),
  }))
  for (let tries = 1; ; tries++) {
    try {
      await model.collection.createIndexes(wanted, { session })
      return
    } catch (error) {
      const code = error instanceof mongoose.mongo.MongoServerError ? Number(error.code) : 0
      if (code === DUPLICATE_KEY) throw duplicatesInData(model, error)
      if (tries === TRIES || !(DIFFERS.has(code) || UNDER_WAY.has(code))) throw error
      if (DIFFERS.has(code)) await dropDiffering(model, wanted, session)
      else await delay(PAUSE_MS)
    }
  }
}

/** Drops what stands in the way of `wanted`: an index with its name and another shape, or its keys and another name. */
async function dropDiffering(
  model: mongoose.Model<unknown>,
  wanted: readonly IndexDescription[],
  session: Session,
): Promise<void> {
  const present = (await model.collection.listIndexes({ session }).toArray()) as IndexDescription[]
  for (const index of present) {
    const rival = wanted.find((each) => each.name === index.name || sameKeys(each, index))
    if (rival === undefined || shape(rival) === shape(index)) continue
    await model.collection.dropIndex(index.name, { session }).catch(ignoreMissing)
  }
}

function sameKeys(one: IndexDescription, other: IndexDescription): boolean {
  return JSON.stringify(one.key) === JSON.stringify(other.key)
}

function shape({ name, key, unique, partialFilterExpression }: IndexDescription): string {
  return JSON.stringify([name, key, unique ?? false, partialFilterExpression ?? null])
}

/** Removes an index that the schema no longer has; it may be gone already, and its collection never have been there. */
export async function dropIndex(
  models: Models,
  { collection, index }: DropIndex,
  session: Session,
): Promise<void> {
  const rows = models.rows[collection as CollectionName].collection
  await rows.dropIndex(index, { session }).catch(ignoreMissing)
}

/** IndexNotFound, NamespaceNotFound. */
const MISSING: ReadonlySet<unknown> = new Set([27, 26])
function ignoreMissing(error: unknown): void {
  if (!(error instanceof mongoose.mongo.MongoServerError) || !MISSING.has(error.code)) throw error
}

function duplicatesInData({ collection }: mongoose.Model<unknown>, cause: unknown): AppError {
  const index = / index: (\S+)/.exec(String(cause))?.[1] ?? 'unknown'
  return new AppError(
    'CONFLICT',
    `Index ${index} cannot be built: collection ${collection.collectionName} holds rows that it forbids.`,
  )
}

import mongoose from 'mongoose'
import type { StoredRow } from './codec.ts'
import type { Session } from './connection.ts'

const { Binary, MongoServerError } = mongoose.mongo

/** Half of what the server takes in one command. */
const MAX_COMMAND_BYTES = 8 * 1024 * 1024
/** Of a field beside its text or bytes, at most: its name, its type, its length, a number. */
const FIELD_BYTES = 96

interface InsertReply {
  readonly n: number
  readonly writeErrors?: readonly object[]
}

/**
 * Inserts documents in their order, within the transaction of the session, and tells how many. One command, made of the
 * documents as they are: a bulk write would measure each of them first, which takes as long as writing it out, and copy
 * them twice more. It is left to what is too large for one command. @throws MongoError, for the first that failed
 */
export async function insertAll(
  model: mongoose.Model<unknown>,
  session: Session,
  documents: readonly StoredRow[],
): Promise<number> {
  const { db } = model.db
  if (db === undefined || !fitsOneCommand(documents)) {
    const writes = documents.map((document) => ({ insertOne: { document: document as object } }))
    return (await model.collection.bulkWrite(writes, { session, ordered: true })).insertedCount
  }
  const command = { insert: model.collection.collectionName, documents, ordered: true }
  const { n, writeErrors = [] } = (await db.command(command, { session })) as unknown as InsertReply
  const [first] = writeErrors
  if (first !== undefined) throw new MongoServerError(first)
  return n
}

function fitsOneCommand(documents: readonly StoredRow[]): boolean {
  let bytes = 0
  for (const document of documents) {
    for (const value of Object.values(document)) {
      bytes += FIELD_BYTES
      // a unit of UTF-16 takes three bytes at most
      if (typeof value === 'string') bytes += 3 * value.length
      else if (value instanceof Binary) bytes += value.length()
    }
    if (bytes > MAX_COMMAND_BYTES) return false
  }
  return true
}

import mongoose from 'mongoose'
import { type MongoConnection, READ_OPTIONS, type Session, WRITE_CONCERN } from './connection.ts'

/** Documents in collection `meta`, beside the one of the schema. */
interface Note {
  readonly note?: string
}

const DUPLICATE_KEY = 11000

/** null when there is none. */
export async function readNote(
  { models }: MongoConnection,
  session: Session,
  name: string,
): Promise<string | null> {
  const found = await models.meta.collection.findOne<Note>(idOf(name), { ...READ_OPTIONS, session })
  return found?.note ?? null
}

/** One document at a time: each write is atomic by itself, and asks what it replaces. */
export async function writeNote(
  connection: MongoConnection,
  session: Session,
  name: string,
  before: string | null,
  value: string,
): Promise<string | null> {
  const { collection } = connection.models.meta
  const options = { session, writeConcern: WRITE_CONCERN }
  if (before !== null)
    await collection.updateOne({ ...idOf(name), note: before }, { $set: { note: value } }, options)
  else {
    await collection
      .updateOne(idOf(name), { $setOnInsert: { note: value } }, { ...options, upsert: true })
      .catch((error: unknown) => {
        // two upserts at once: the other one was first
        if (!(error instanceof mongoose.mongo.MongoServerError) || error.code !== DUPLICATE_KEY) throw error
      })
  }
  return await readNote(connection, session, name)
}

function idOf(name: string) {
  return { _id: name as never }
}

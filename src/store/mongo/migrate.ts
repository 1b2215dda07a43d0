import mongoose from 'mongoose'
import { AppError } from '../../errors.ts'
import { SCHEMA_VERSION } from '../../ports/schema.ts'
import { type MongoConnection, READ_OPTIONS, type Session, WRITE_CONCERN } from './connection.ts'
import { buildIndexes } from './indexes.ts'
import type { SchemaStamp } from './models.ts'
import { checkServer } from './server.ts'

const STAMP = { _id: 'schema' as never }
const DUPLICATE_KEY = 11000

/** 0 when the database was never migrated. */
export async function readVersion({ models }: MongoConnection, session: Session): Promise<number> {
  const stamp = await models.meta.collection.findOne<SchemaStamp>(STAMP, { ...READ_OPTIONS, session })
  return stamp?.version ?? 0
}

/**
 * Builds collections and indexes, then stamps the version: an interrupted run is simply run again.
 * @throws AppError CONFLICT when the server will not do, or the data is newer than this program
 */
export async function migrate(connection: MongoConnection): Promise<void> {
  checkServer(await connection.server())
  await connection.run(async (session) => {
    const version = await readVersion(connection, session)
    if (version > SCHEMA_VERSION) {
      throw new AppError(
        'CONFLICT',
        `The database has schema version ${version}; this program knows versions up to ${SCHEMA_VERSION}: run the newer Streakline.`,
      )
    }
    for (const model of Object.values(connection.models.rows)) await buildIndexes(model, session)
    await stamp(connection, session)
  })
}

/** `$max`: of two programs that migrate at once the newer one's version stays. */
async function stamp({ models }: MongoConnection, session: Session): Promise<void> {
  const write = async () => {
    const options = { upsert: true, session, writeConcern: WRITE_CONCERN }
    await models.meta.collection.updateOne(STAMP, { $max: { version: SCHEMA_VERSION } }, options)
  }
  await write().catch(async (error: unknown) => {
    // two upserts at once: one inserted, the other finds it now
    if (!(error instanceof mongoose.mongo.MongoServerError) || error.code !== DUPLICATE_KEY) throw error
    await write()
  })
}

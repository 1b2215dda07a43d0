import mongoose from 'mongoose'
import { type MongoConnection, READ_OPTIONS, type Session, WRITE_CONCERN } from './connection.ts'

/** One document in collection `meta`, beside the one of the schema. */
interface ZoneDataNote {
  readonly zoneData?: string
}

const NOTE = { _id: 'zone_data' as never }
const DUPLICATE_KEY = 11000

/** null when none was noted. */
export async function readZoneData({ models }: MongoConnection, session: Session): Promise<string | null> {
  const note = await models.meta.collection.findOne<ZoneDataNote>(NOTE, { ...READ_OPTIONS, session })
  return note?.zoneData ?? null
}

/** `$max`: of two programs that note at once the newer one's version stays. */
export async function noteZoneData(
  { models }: MongoConnection,
  session: Session,
  version: string,
): Promise<string> {
  const write = async () => {
    const options = { upsert: true, returnDocument: 'after', session, writeConcern: WRITE_CONCERN } as const
    return await models.meta.collection.findOneAndUpdate(NOTE, { $max: { zoneData: version } }, options)
  }
  const note = await write().catch(async (error: unknown) => {
    // two upserts at once: one inserted, the other finds it now
    if (!(error instanceof mongoose.mongo.MongoServerError) || error.code !== DUPLICATE_KEY) throw error
    return await write()
  })
  return (note as unknown as Required<ZoneDataNote>).zoneData
}

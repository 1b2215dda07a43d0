import mongoose from 'mongoose'
import { AppError } from '../../errors.ts'
import type { Schema } from '../../ports/schema/spec.ts'
import { SCHEMA } from '../../ports/schema.ts'
import { LastingFault } from '../lasting-fault.ts'
import { kindOfFault, storeUnavailable, translated } from './errors.ts'
import { limitsUnlessNamed } from './limits.ts'
import { defineModels, type Models } from './models.ts'
import { type ServerFacts, serverFacts } from './server.ts'

export type Session = mongoose.mongo.ClientSession

const DATABASE_BY_DEFAULT = 'streakline'

/** Below `socketTimeoutMS`: the server says so, instead of our giving up on the connection. */
export const READ_WITHIN_MS = 8_000

/**
 * In force for every write, whatever the connection string says; the driver would let its `w=1` win over options of
 * the connection, so each operation carries it.
 */
export const WRITE_CONCERN = { w: 'majority', journal: true, wtimeoutMS: 5_000 } as const

/**
 * Reads see only what a majority has: what they answer can no longer be rolled back by a change of primary, so nobody
 * is told that something is stored already when it could still be lost.
 */
export const READ_OPTIONS = {
  readConcern: { level: 'majority' },
  readPreference: 'primary',
  maxTimeMS: READ_WITHIN_MS,
} as const

/** A connection of its own, with what every operation on it has in common. */
export interface MongoConnection {
  readonly models: Models
  /** What is wrong with the server and does not show in every call. */
  readonly fault: LastingFault
  /** Asks the primary what it is. */
  server(): Promise<ServerFacts>
  /**
   * Runs `work` in a session that waits for what earlier `write`s were answered with: what they wrote, or what their
   * conflicts were caused by, is committed by a majority before anything is read.
   * @throws AppError STORE_UNAVAILABLE instead of errors that may pass by themselves, and when it is closed
   */
  run<T>(work: (session: Session) => Promise<T>): Promise<T>
  /** As `run`, for work of which later sessions must see the outcome. */
  write<T>(work: (session: Session) => Promise<T>): Promise<T>
  /** Waits for what is under way, then ends the connection. Idempotent. */
  close(): Promise<void>
}

/** @throws AppError STORE_UNAVAILABLE when no primary answers in time (2.5 s unless `uri` names another), INVALID_INPUT for no connection string */
export async function connect(
  uri: string,
  options: { readonly forMigration?: boolean; readonly schema?: Schema } = {},
): Promise<MongoConnection> {
  // an index takes as long as it takes
  const connection = await opened(uri, options.forMigration === true ? { socketTimeoutMS: 0 } : {})
  const models = defineModels(connection, options.schema ?? SCHEMA)
  const underWay = new Set<Promise<unknown>>()
  const fault = new LastingFault()
  let lastSeen: mongoose.mongo.Timestamp | undefined
  let closing: Promise<void> | undefined

  async function inSession<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const session = await connection.startSession({ causalConsistency: true })
    if (lastSeen !== undefined) session.advanceOperationTime(lastSeen)
    try {
      return await work(session)
    } catch (error) {
      const failure = translated(error)
      fault.note(kindOfFault(error), failure)
      throw failure
    } finally {
      // ends an open transaction, for which a server that is gone has to be waited for: nobody else should
      track(session.endSession())
    }
  }

  async function run<T>(work: (session: Session) => Promise<T>): Promise<T> {
    if (closing !== undefined) throw storeUnavailable('it is closed')
    return await track(inSession(work))
  }

  /** Not after reads: they may be answered with a time that no majority has yet, and all others would wait for it. */
  function remember({ operationTime }: Session): void {
    if (operationTime === undefined) return
    if (lastSeen === undefined || operationTime.greaterThan(lastSeen)) lastSeen = operationTime
  }

  function track<T>(work: Promise<T>): Promise<T> {
    const settled: Promise<unknown> = work.then(
      () => underWay.delete(settled),
      () => underWay.delete(settled),
    )
    underWay.add(settled)
    return work
  }

  return {
    models,
    fault,
    run,
    write: (work) => run((session) => work(session).finally(() => remember(session))),
    async server() {
      const admin = connection.getClient().db('admin')
      return await run((session) => serverFacts((command) => admin.command(command, { session })))
    },
    async close() {
      closing ??= (async () => {
        while (underWay.size > 0) await Promise.all(underWay)
        await connection.destroy()
      })()
      await closing
    },
  }
}

async function opened(uri: string, options: mongoose.ConnectOptions): Promise<mongoose.Connection> {
  const connection = mongoose.createConnection()
  try {
    return await connection.openUri(uri, {
      ...limitsUnlessNamed(uri),
      ...options,
      ...(namesDatabase(uri) ? {} : { dbName: DATABASE_BY_DEFAULT }),
      appName: 'streakline',
      autoIndex: false,
      autoCreate: false,
      bufferCommands: false,
      retryReads: true,
      retryWrites: true,
      readPreference: 'primary',
    })
  } catch (error) {
    await connection.destroy(true)
    throw ofOpening(error)
  }
}

/** The driver's own message stays behind where it may repeat the string, which holds a password. */
function ofOpening(error: unknown): unknown {
  const { syscall } = error as NodeJS.ErrnoException
  if (syscall?.startsWith('query'))
    return storeUnavailable('the DNS does not know the servers of MONGODB_URI')
  const known = translated(error)
  if (known instanceof AppError) return known
  return new AppError(
    'INVALID_INPUT',
    'MONGODB_URI is no connection string such as mongodb://host:27017/database?replicaSet=name.',
  )
}

function namesDatabase(uri: string): boolean {
  return /^mongodb(\+srv)?:\/\/[^/]+\/[^?]+/.test(uri)
}

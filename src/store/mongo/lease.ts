import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { AppError } from '../../errors.ts'
import { type MongoConnection, type Session, WRITE_CONCERN } from './connection.ts'
import { isDuplicate, metaOf } from './stamp.ts'

/** A holder that died is given up after this. */
export const LEASE_MS = 10_000
const ASK_EVERY_MS = 250
const WRITE = { writeConcern: WRITE_CONCERN } as const
const LEASE = { _id: 'migration' }

/** The right to change the shape of the database, which one process has at a time. */
export interface Lease {
  /**
   * Makes it last from now on, in the session's transaction where there is one: then what else is in it is only
   * committed if nobody has taken the lease meanwhile. @throws AppError STORE_BUSY when it was lost
   */
  renew(session: Session): Promise<void>
  /** Stops keeping it alive, and lets others have it. */
  release(): Promise<void>
}

/**
 * Waits for the lease. It ends by itself when its holder dies; times are those of the server.
 * @param goOn asked while it waits; throws to give up
 */
export async function acquireLease(
  connection: MongoConnection,
  goOn: () => void,
  leaseMs = LEASE_MS,
): Promise<Lease> {
  const holder = randomUUID()
  while (!(await connection.write((session) => take(connection, session, holder, leaseMs)))) {
    goOn()
    await wait(ASK_EVERY_MS)
  }
  const renew = async (session: Session): Promise<void> => {
    const { matchedCount } = await metaOf(connection.models).updateOne(
      { ...LEASE, holder },
      until(holder, leaseMs),
      session.inTransaction() ? { session } : { ...WRITE, session },
    )
    if (matchedCount === 0) {
      throw new AppError('STORE_BUSY', 'Another process has taken over the migration of the store.')
    }
  }
  // an index takes as long as it takes
  const timer = setInterval(() => void connection.write(renew).catch(() => {}), leaseMs / 4)
  timer.unref()
  return {
    renew,
    async release() {
      clearInterval(timer)
      const free = { ...LEASE, holder }
      await connection.write((session) => metaOf(connection.models).deleteOne(free, { ...WRITE, session }))
    },
  }
}

function until(holder: string, leaseMs: number) {
  return [{ $set: { holder, until: { $add: ['$$NOW', leaseMs] } } }]
}

async function take(
  { models }: MongoConnection,
  session: Session,
  holder: string,
  leaseMs: number,
): Promise<boolean> {
  const options = { ...WRITE, session }
  const runOut = { ...LEASE, $expr: { $lte: ['$until', '$$NOW'] } }
  const { matchedCount } = await metaOf(models).updateOne(runOut, until(holder, leaseMs), options)
  if (matchedCount === 1) return true
  try {
    await metaOf(models).updateOne({ ...LEASE, holder }, until(holder, leaseMs), { ...options, upsert: true })
    return true
  } catch (error) {
    // it is there, and not free
    if (isDuplicate(error)) return false
    throw error
  }
}

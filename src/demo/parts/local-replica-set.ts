import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import mongoose from 'mongoose'

export const REPLICA_SET = 'streakline'
const POLL_MS = 20
/** Server codes: no configuration yet; a configuration in which this host and port is not a member. */
const NOT_YET_INITIALIZED = 94
const INVALID_REPLICA_SET_CONFIG = 93

type AdminCommand = (command: Record<string, unknown>) => Promise<Record<string, unknown>>

/**
 * Makes process `pid`, a mongod on 127.0.0.1:`port`, the only member of its replica set and waits until it takes
 * writes. A set that knew it under another port is told the new one. @throws Error when `signal` aborts
 */
export async function awaitPrimary(port: number, pid: number, signal: AbortSignal): Promise<void> {
  await poll(signal, 'listening', () => listens(port))
  const client = new mongoose.mongo.MongoClient(`mongodb://127.0.0.1:${port}`, {
    directConnection: true,
    serverSelectionTimeoutMS: 5_000,
  })
  try {
    const admin: AdminCommand = (command) => client.db('admin').command(command)
    // another server may have the port: then ours is about to end by itself
    await poll(
      signal,
      'answering on its port',
      async () => Number((await admin({ serverStatus: 1 })).pid) === pid,
    )
    await configure(admin, `127.0.0.1:${port}`)
    await poll(signal, 'primary', async () => (await admin({ hello: 1 })).isWritablePrimary === true)
  } finally {
    await client.close()
  }
}

async function configure(admin: AdminCommand, host: string): Promise<void> {
  const member = { _id: 0, host }
  const code = await admin({ replSetGetStatus: 1 }).then(
    () => null,
    (error: unknown) => codeOf(error),
  )
  if (code === NOT_YET_INITIALIZED) {
    await admin({ replSetInitiate: { _id: REPLICA_SET, members: [member] } })
  } else if (code === INVALID_REPLICA_SET_CONFIG) {
    const { config } = (await admin({ replSetGetConfig: 1 })) as { config: { version: number } }
    const next = { ...config, version: config.version + 1, members: [member] }
    await admin({ replSetReconfig: next, force: true })
  }
}

function codeOf(error: unknown): number {
  if (error instanceof mongoose.mongo.MongoServerError && typeof error.code === 'number') return error.code
  throw error
}

async function poll(signal: AbortSignal, state: string, reached: () => Promise<boolean>): Promise<void> {
  for (;;) {
    if (signal.aborted) throw new Error(`it was not ${state} in time`)
    if (await reached()) return
    await delay(POLL_MS)
  }
}

async function listens(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

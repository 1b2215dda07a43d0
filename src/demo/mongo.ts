import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import mongoose from 'mongoose'
import { AppError } from '../errors.ts'
import { startLocalMongod } from './parts/local-mongod.ts'
import type { DemoState } from './state.ts'

const SCRIPT = fileURLToPath(new URL('../../scripts/mongod.sh', import.meta.url))
const OWN_DATABASE = /^streakline_demo_[0-9a-f]{12}$/

export interface DemoMongo {
  /** Names the demo's own database. */
  readonly uri: string
  stop(): Promise<void>
}

type Place = NonNullable<DemoState['mongo']>

/**
 * The MongoDB of a demo: the one given, else a local mongod with its data under `dataDir`.
 * @throws AppError when the demo was begun on the other one, or no mongod can be had
 */
export async function openMongo(
  place: Place,
  given: string | null,
  dataDir: string,
  say: (line: string) => void,
): Promise<DemoMongo> {
  if (place.server === 'given') {
    if (given === null) {
      throw new AppError(
        'CONFLICT',
        'this demo was begun on the MongoDB of MONGODB_URI: set it again, or begin anew with --fresh',
      )
    }
    return { uri: withDatabase(given, place.database), stop: async () => {} }
  }
  const mongod = await startLocalMongod({ binary: await findMongod(say), dataDir })
  return { uri: withDatabase(mongod.uri, place.database), stop: () => mongod.stop() }
}

/** Removes the database that an earlier demo made on the MongoDB given; a local one goes with its folder. */
export async function dropDatabase({ server, database }: Place, given: string | null): Promise<void> {
  if (server !== 'given' || given === null || !OWN_DATABASE.test(database)) return
  const connection = await mongoose
    .createConnection(withDatabase(given, database), { serverSelectionTimeoutMS: 2_500 })
    .asPromise()
    // not the driver's own message: it may repeat the connection string, which holds a password
    .catch(() => {
      throw new AppError('STORE_UNAVAILABLE', 'the MongoDB of MONGODB_URI cannot be reached')
    })
  try {
    await connection.dropDatabase()
  } finally {
    await connection.close()
  }
}

async function findMongod(say: (line: string) => void): Promise<string> {
  const script = spawn('bash', [SCRIPT], { stdio: ['ignore', 'pipe', 'pipe'] })
  let path = ''
  let lastWords = ''
  script.stdout.on('data', (chunk: Buffer) => {
    path += chunk.toString()
  })
  script.stderr.on('data', (chunk: Buffer) => {
    for (const line of chunk
      .toString()
      .split('\n')
      .filter((text) => text.trim() !== '')) {
      lastWords = line.replace(/^mongod\.sh: /, '')
      if (lastWords.startsWith('fetching')) say(lastWords)
    }
  })
  const [code] = await once(script, 'close')
  if (code === 0) return path.trim()
  throw new AppError('STORE_UNAVAILABLE', `--store mongo needs a MongoDB (or set MONGODB_URI): ${lastWords}`)
}

/**
 * The connection string with another database in its path. Credentials belong to the database that was there, or to
 * `admin`, unless the string says so itself.
 */
export function withDatabase(uri: string, database: string): string {
  const match = /^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/([^?]*))?(?:\?(.*))?$/.exec(uri)
  if (match === null) throw new AppError('INVALID_INPUT', 'MONGODB_URI is not a MongoDB connection string')
  const [, hosts = '', path = '', query = ''] = match
  const options = query === '' ? [] : query.split('&')
  const isSet = (name: RegExp) => options.some((option) => name.test(option))
  // other mechanisms than passwords look elsewhere of their own accord
  const byPassword = hosts.includes('@') && !isSet(/^authMechanism=(?!SCRAM)/i)
  if (byPassword && !isSet(/^authSource=/i)) options.push(`authSource=${path === '' ? 'admin' : path}`)
  return `${hosts}/${database}${options.length === 0 ? '' : `?${options.join('&')}`}`
}

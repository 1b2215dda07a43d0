import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import mongoose from 'mongoose'
import { startLocalMongod } from '../../src/demo/parts/local-mongod.ts'

const SCRIPT = fileURLToPath(new URL('../../scripts/mongod.sh', import.meta.url))

export interface MongoServer {
  /** Names a database of the caller's own, with a random name. */
  readonly uri: string
  /** The same server with one more database of that kind. */
  anotherUri(): string
  /** Drops the databases handed out, or ends the server with all its data where it is ours. */
  stop(): Promise<void>
}

/** A server that the tests started, and so may ill-treat. Its address stays the same. */
export interface OwnMongoServer extends MongoServer {
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>
  /** Starts it again on its data, after `kill`. */
  restart(): Promise<void>
  /** Freezes it: connections stay open, nothing answers, until `resume`. */
  pause(): void
  resume(): void
}

/**
 * A MongoDB for one test file: the one named by TEST_MONGODB_URI, else one started for it.
 * null where none can be had, which stderr says. @throws Error instead of null when REQUIRE_MONGO=1
 */
export async function mongoForTests(): Promise<MongoServer | null> {
  const given = process.env.TEST_MONGODB_URI
  const server = given === undefined || given === '' ? await ownMongoForTests() : serverAt(given)
  if (server === null) return null
  const { uri, anotherUri, stop } = server
  return { uri: patient(uri), anotherUri: () => patient(anotherUri()), stop }
}

function serverAt(uri: string): MongoServer {
  const databases = databasesOn(uri)
  return { uri: databases.next(), anotherUri: databases.next, stop: databases.drop }
}

/** Where nothing is tested of a server that is away: waits for it, on a machine that is busy too. */
function patient(uri: string): string {
  const times = { serverSelectionTimeoutMS: 30_000, connectTimeoutMS: 30_000 }
  const options = new URLSearchParams(
    Object.entries({ ...times, waitQueueTimeoutMS: 120_000, socketTimeoutMS: 120_000 }).map(([name, ms]) => [
      name,
      String(ms),
    ]),
  )
  return `${uri}${uri.includes('?') ? '&' : '?'}${options}`
}

/** As `mongoForTests`, but always started for the caller: for tests that kill or pause it. */
export async function ownMongoForTests(): Promise<OwnMongoServer | null> {
  const binary = await mongodBinary()
  if (binary === null) return null
  const dataDir = await mkdtemp(join(tmpdir(), 'streakline-mongod-'))
  let mongod = await startLocalMongod({ binary, dataDir })
  const { port } = new URL(mongod.uri)
  const databases = databasesOn(mongod.uri)
  let isRunning = true
  const signal = (name: NodeJS.Signals) => void (isRunning && process.kill(mongod.pid, name))
  return {
    uri: databases.next(),
    anotherUri: databases.next,
    async kill() {
      signal('SIGKILL')
      isRunning = false
      await mongod.ended
    },
    async restart() {
      mongod = await startLocalMongod({ binary, dataDir, port: Number(port) })
      isRunning = true
    },
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    async stop() {
      signal('SIGCONT')
      isRunning = false
      await mongod.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** Where a mongod is; null, said loudly, where none can be had. @throws Error instead of null when REQUIRE_MONGO=1 */
export async function mongodBinary(): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)('bash', [SCRIPT])
    return stdout.trim()
  } catch (error) {
    const { stderr } = error as { readonly stderr?: string }
    const why = stderr?.trim() ?? String(error)
    if (process.env.REQUIRE_MONGO === '1') throw new Error(`REQUIRE_MONGO=1, but ${why}`)
    process.stderr.write(`\nMongoDB part SKIPPED: ${why}\n\n`)
    return null
  }
}

/** Databases with random names on one server, and their removal. */
function databasesOn(uri: string): { next(): string; drop(): Promise<void> } {
  const names: string[] = []
  return {
    next() {
      const name = `streakline_test_${randomBytes(6).toString('hex')}`
      names.push(name)
      return withDatabase(uri, name)
    },
    async drop() {
      const client = await mongoose.mongo.MongoClient.connect(uri)
      for (const name of names) await client.db(name).dropDatabase()
      await client.close()
    },
  }
}

/** Credentials stay good: they belong to the database in the path unless `authSource` says otherwise. */
function withDatabase(uri: string, name: string): string {
  const [, hosts = '', path = '', query = ''] = /^([^/]+:\/\/[^/?]+)\/?([^?]*)\??(.*)$/.exec(uri) ?? []
  const options = query === '' ? [] : query.split('&')
  if (path !== '' && hosts.includes('@') && !/(^|&)authSource=/i.test(query))
    options.push(`authSource=${path}`)
  return `${hosts}/${name}${options.length === 0 ? '' : `?${options.join('&')}`}`
}

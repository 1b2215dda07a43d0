import { execFile } from 'node:child_process'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { MongoMemoryReplSet } from 'mongodb-memory-server-core'
import mongoose from 'mongoose'
import { startLocalMongod } from '../../../src/demo/parts/local-mongod.ts'
import { mongodBinary, ownMongoForTests } from '../../helpers/mongo-server.ts'
import { makeTempFolder } from '../../helpers/temp-folder.ts'
import type { MongoNeeded } from './faults.ts'

/** A MongoDB that the harness may ill-treat. Each kind has its own way of going down and of coming back. */
export interface MongoUnderTest {
  /** Names a database that nobody has used yet. */
  anotherUri(): string
  /** Takes it down, or its primary. */
  fail(): Promise<void>
  /** Resolves when it can take writes again. */
  recover(): Promise<void>
  stop(): Promise<void>
}

const run = promisify(execFile)
const NODES = 3
const NODE_ARGS = ['--wiredTigerCacheSizeGB', '0.25', '--setParameter', 'transactionLifetimeLimitSeconds=5']
const DISK_MB = 700
const STEP_DOWN_SECONDS = 10
const FILLED_WITHIN_MS = 120_000
const CHUNK = Buffer.alloc(1024 * 1024)

/** Starts one; a sentence where that cannot be had here. */
export async function startMongo(needed: MongoNeeded): Promise<MongoUnderTest | string> {
  const binary = await mongodBinary()
  if (binary === null) return 'no MongoDB can be had here'
  switch (needed) {
    case 'one_node':
      return startOneNode()
    case 'three_nodes':
      return startThreeNodes(binary)
    case 'small_disk':
      return startOnSmallDisk(binary)
  }
}

/** Fails by being killed. */
async function startOneNode(): Promise<MongoUnderTest> {
  const server = await ownMongoForTests()
  return {
    anotherUri: () => server!.anotherUri(),
    fail: () => server!.kill(),
    recover: () => server!.restart(),
    stop: () => server!.stop(),
  }
}

/** Fails by its primary stepping down: another is elected, and takes writes after some seconds. */
async function startThreeNodes(binary: string): Promise<MongoUnderTest> {
  // the server found is the one to use, whatever version the package would have downloaded
  process.env.MONGOMS_SYSTEM_BINARY_VERSION_CHECK ??= 'false'
  const set = await MongoMemoryReplSet.create({
    binary: { systemBinary: binary, checkMD5: false },
    replSet: { count: NODES, storageEngine: 'wiredTiger', args: NODE_ARGS },
  })
  const names = uris((name) => set.getUri(name))
  return {
    anotherUri: names,
    async fail() {
      const client = await mongoose.mongo.MongoClient.connect(set.getUri())
      try {
        await client.db('admin').command({ replSetStepDown: STEP_DOWN_SECONDS, force: true })
      } finally {
        await client.close()
      }
    },
    recover: () => writable(set.getUri()),
    stop: async () => void (await set.stop({ doCleanup: true, force: true })),
  }
}

/** Fails by its disk being filled, which ends it; comes back once there is room. */
async function startOnSmallDisk(binary: string): Promise<MongoUnderTest | string> {
  const [folder, removeFolder] = await makeTempFolder()
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m`, 'streakline-fault', folder])
  } catch {
    await removeFolder()
    return 'this user may not mount a disk of a limited size'
  }
  const filler = join(folder, 'filler')
  const dataDir = join(folder, 'data')
  let mongod = await startLocalMongod({ binary, dataDir })
  const { port } = new URL(mongod.uri)
  const { uri } = mongod
  return {
    anotherUri: uris((name) => uri.replace('/?', `/${name}?`)),
    async fail() {
      await fill(filler)
      // one that has nothing to write would live on
      const late = new Promise<void>((resolve) => setTimeout(resolve, FILLED_WITHIN_MS).unref())
      await Promise.race([mongod.ended, late])
    },
    async recover() {
      await rm(filler)
      await mongod.stop()
      mongod = await startLocalMongod({ binary, dataDir, port: Number(port) })
    },
    async stop() {
      await mongod.stop()
      await run('umount', [folder])
      await removeFolder()
    },
  }
}

function uris(uriOf: (database: string) => string): () => string {
  let made = 0
  return () => {
    made += 1
    return uriOf(`fault_${made}`)
  }
}

async function fill(path: string): Promise<void> {
  const file = await open(path, 'w')
  try {
    for (;;) await file.write(CHUNK)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  } finally {
    await file.close()
  }
}

async function writable(uri: string): Promise<void> {
  const client = await mongoose.mongo.MongoClient.connect(uri)
  try {
    const writeConcern = { w: 'majority', journal: true } as const
    await client.db('fault_probe').collection('probe').insertOne({}, { writeConcern })
  } finally {
    await client.close()
  }
}

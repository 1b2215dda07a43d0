import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Redis } from 'ioredis'
import mongoose from 'mongoose'
import { checkRedis } from '../../src/queue/check-redis.ts'
import { openMongoStore } from '../../src/store/mongo/store.ts'
import { composeServices, fileText, interpolated } from '../helpers/compose-file.ts'
import { mongodBinary } from '../helpers/mongo-server.ts'
import { playHealthCheck } from '../helpers/mongosh.ts'
import { makeTempFolder } from '../helpers/temp-folder.ts'
import { until } from '../helpers/until.ts'

const TIMEOUT_MS = 300_000
const services = composeServices()
const secret = () => randomBytes(16).toString('hex')
const env = {
  MONGO_ADMIN_PASSWORD: secret(),
  MONGO_PASSWORD: secret(),
  MONGO_KEY: secret(),
  REDIS_PASSWORD: secret(),
  STREAKLINE_ENCRYPTION_KEY: secret(),
}

let folder: string
let remove: () => Promise<void>
const children: ChildProcess[] = []

beforeAll(async () => {
  ;[folder, remove] = await makeTempFolder()
})
afterAll(async () => {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
  await remove()
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/** Runs a service's own entrypoint and command; of its container only the places differ. */
function runService(
  name: string,
  places: Readonly<Record<string, string>>,
  more: readonly string[],
): ChildProcess {
  const { entrypoint = [], command = [], environment = {} } = services[name]!
  const placed = (text: string) =>
    Object.entries(places).reduce((moved, [from, to]) => moved.replaceAll(from, to), interpolated(text, env))
  const [program = '', ...parameters] = [...entrypoint, ...command].map(placed)
  const own = Object.fromEntries(
    Object.entries(environment).map(([key, value]) => [key, interpolated(value, env)]),
  )
  const child = spawn(program, [...parameters, ...more], {
    cwd: folder,
    env: { PATH: process.env.PATH, ...own },
    stdio: 'ignore',
  })
  children.push(child)
  return child
}

const binary = await mongodBinary()
const withMongo = binary === null ? describe.skip : describe

withMongo('the MongoDB of docker-compose.yml', () => {
  let port: number
  let uri: string
  const health = () =>
    playHealthCheck(fileText('compose/mongo-health.js'), port, { ...env, MONGO_HOST: `127.0.0.1:${port}` })

  beforeAll(async () => {
    port = await freePort()
    const dbPath = join(folder, 'db')
    await mkdir(dbPath)
    const places = {
      '/tmp/mongo.key': join(folder, 'mongo.key'),
      // the image's own entrypoint runs what it is given
      'exec docker-entrypoint.sh "$@"': `shift && exec ${binary} "$@"`,
      '--bind_ip_all': '--bind_ip=127.0.0.1',
    }
    runService('mongo', places, ['--port', `${port}`, '--dbpath', dbPath])
    uri = interpolated(services.web!.environment!.MONGODB_URI!, env).replace(
      'mongo:27017',
      `127.0.0.1:${port}`,
    )
    await until(async () => (await health().catch(() => 'not listening')) === 'healthy', TIMEOUT_MS)
  }, TIMEOUT_MS)

  it('comes up with the replica set and the user that the program signs in as', async () => {
    const store = await openMongoStore(uri)
    await store.migrate()
    expect(await store.find('account', { limit: 1 })).toEqual([])
    await store.close()
    expect(await health()).toBe('healthy')
  })

  it('keeps its key for itself', async () => {
    expect((await stat(join(folder, 'mongo.key'))).mode & 0o777).toBe(0o400)
    // what it was started with is not what its files are made with
    expect((await stat(join(folder, 'db', 'WiredTiger'))).mode & 0o200).toBe(0o200)
  })

  it.each(['', 'streakline:wrong@'])('lets nobody in as "%s"', async (who) => {
    const client = new mongoose.mongo.MongoClient(
      `mongodb://${who}127.0.0.1:${port}/streakline?directConnection=true`,
    )
    await expect(client.db('streakline').collection('account').findOne({})).rejects.toThrow(/auth/i)
    await client.close()
  })

  it('gives the program its own database and no other', async () => {
    const client = new mongoose.mongo.MongoClient(uri)
    await expect(client.db('admin').collection('x').insertOne({})).rejects.toThrow(/not authorized/)
    await client.close()
  })

  it('is not healthy with another password than it was made with', async () => {
    const other = { ...env, MONGO_ADMIN_PASSWORD: 'another', MONGO_HOST: `127.0.0.1:${port}` }
    await expect(playHealthCheck(fileText('compose/mongo-health.js'), port, other)).rejects.toThrow(/auth/)
    const changed = { ...env, MONGO_PASSWORD: 'another', MONGO_HOST: `127.0.0.1:${port}` }
    expect(await playHealthCheck(fileText('compose/mongo-health.js'), port, changed)).toBe('quit')
  })
})

describe('the Redis of docker-compose.yml', () => {
  it(
    'asks for its password, and has the settings that the queues need',
    async () => {
      const port = await freePort()
      const conf = join(folder, 'redis.conf')
      const child = runService('redis', { '/tmp/redis.conf': conf }, [
        '--port',
        `${port}`,
        '--bind',
        '127.0.0.1',
        '--dir',
        folder,
      ])
      const url = interpolated(services.web!.environment!.REDIS_URL!, env).replace(
        'redis:6379',
        `127.0.0.1:${port}`,
      )
      await until(async () => (await checkRedis(url)).ok, TIMEOUT_MS)
      expect((await checkRedis(url)).warnings).toEqual([])
      expect((await stat(conf)).mode & 0o777).toBe(0o600)
      const stranger = new Redis({ port, host: '127.0.0.1', lazyConnect: true, enableReadyCheck: false })
      stranger.on('error', () => {})
      await expect(stranger.get('x')).rejects.toThrow(/NOAUTH/)
      stranger.disconnect()
      child.kill('SIGTERM')
    },
    TIMEOUT_MS,
  )
})

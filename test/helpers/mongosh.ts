import vm from 'node:vm'
import mongoose from 'mongoose'

type Client = InstanceType<typeof mongoose.mongo.MongoClient>

/** What the check calls of mongosh; each is one command of the server. */
const CALLS =
  /(?<!function )\b(canSignIn|rs\.initiate|db\.hello|where\.auth|admin\.(?:createUser|auth)|database\.(?:getUser|createUser))\(/g

/**
 * Plays compose/mongo-health.js from this machine itself, on the driver: mongosh, which runs it in the container, waits
 * for each call by itself, here `await` is written in front. Says how it ended. @throws what it throws
 */
export async function playHealthCheck(
  source: string,
  port: number,
  env: Readonly<Record<string, string>>,
): Promise<'healthy' | 'quit'> {
  const address = `mongodb://127.0.0.1:${port}/?directConnection=true&serverSelectionTimeoutMS=1000`
  const clients: Client[] = []
  const connect = (options = {}): Client => {
    const client = new mongoose.mongo.MongoClient(address, options)
    clients.push(client)
    return client
  }
  let client = connect()
  const database = (name: string) => ({
    hello: () => client.db(name).command({ hello: 1 }),
    async auth(username: string, password: string) {
      const signedIn = connect({ auth: { username, password }, authSource: name })
      await signedIn.db(name).command({ ping: 1 })
      client = signedIn
      return { ok: 1 }
    },
    createUser: ({ user, ...rest }: { user: string }) =>
      client.db(name).command({ createUser: user, ...rest }),
    async getUser(user: string) {
      const { users } = await client.db(name).command({ usersInfo: user })
      return users[0] ?? null
    },
    getSiblingDB: database,
  })
  const quit = () => {
    throw new Quit()
  }
  const rs = { initiate: (config: object) => client.db('admin').command({ replSetInitiate: config }) }
  const awaiting = source
    .replace('function canSignIn', 'async function canSignIn')
    .replace(CALLS, 'await $1(')
  try {
    await vm.runInNewContext(`(async () => {${awaiting}})()`, {
      db: database('test'),
      rs,
      quit,
      process: { env },
    })
    return 'healthy'
  } catch (error) {
    if (error instanceof Quit) return 'quit'
    throw error
  } finally {
    for (const open of clients) await open.close()
  }
}

class Quit extends Error {}

import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import { createAccount } from '../accounts/accounts.ts'
import { startLink } from '../cli/start-link.ts'
import { openInstallation, startApp } from '../compose.ts'
import { type Config, readConfig } from '../config.ts'
import { AppError } from '../errors.ts'
import type { Logger } from '../ports/logger.ts'
import { startLocalRedis } from '../queue/local-redis.ts'
import { type DemoDouble, originsOf, startDoubles } from './doubles.ts'
import { placesIn } from './folder.ts'
import { openMongo } from './mongo.ts'
import { choosePort } from './ports.ts'
import { type DemoState, writeState } from './state.ts'
import { ZONE } from './week.ts'

export const OPERATOR = 'operator'
const SHUTDOWN_SECONDS = 5

export interface StartOptions {
  readonly folder: string
  readonly state: DemoState
  /** null: 8080, or any that is free. */
  readonly port: number | null
  readonly mongodbUri: string | null
  /** Whether doubles of all platforms are wanted, not of those alone that the story is played with. */
  readonly platforms: boolean
  readonly say: (line: string) => void
}

export interface RunningDemo {
  readonly origin: string
  readonly doubles: readonly DemoDouble[]
  /** A new link at which the owner sets a password for the console; null where that was done. */
  inviteOwner(): Promise<string | null>
  /** With the account in it. */
  readonly state: DemoState & { readonly account: NonNullable<DemoState['account']> }
  /** Ends everything that was started. Idempotent. */
  close(): Promise<void>
}

/**
 * Starts everything the demo runs on: doubles of the platforms, store, Redis, API and workers. @throws AppError, nothing
 * running then
 */
export async function startDemo({
  folder,
  state,
  port,
  mongodbUri,
  platforms,
  say,
}: StartOptions): Promise<RunningDemo> {
  const places = placesIn(folder)
  const closers: (() => Promise<void>)[] = []
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer()
  }
  try {
    const doubles = await startDoubles(places.doubles, platforms)
    for (const { stop } of doubles) closers.push(stop)

    const mongo = state.mongo === null ? null : await openMongo(state.mongo, mongodbUri, places.mongod, say)
    if (mongo !== null) closers.push(() => mongo.stop())

    const config = configOf(state, places.data, await choosePort(port), mongo?.uri ?? null, doubles)
    const logger = openLog(places.log)
    const account = await accountOf(config, state, logger)
    const complete = { ...state, account }
    await writeState(folder, complete)

    const app = await startApp(config, ['web', 'worker'], logger)
    closers.push(() => app.close())
    const origin = originOf(config.port)
    async function inviteOwner(): Promise<string | null> {
      const invited = await app.inviteOwner()
      return invited === null ? null : startLink(origin, invited.token)
    }
    return { origin, doubles, inviteOwner, state: complete, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Ends the Redis that a killed demo left running in its folder. */
export async function endLeftovers(folder: string): Promise<void> {
  const { data, log } = placesIn(folder)
  const pid = await readFile(join(data, 'redis', 'redis.pid'), 'utf8').catch(() => null)
  if (pid === null) return
  const redis = await startLocalRedis({ dataDir: data, logger: openLog(log) })
  await redis.stop()
}

function openLog(path: string): Logger {
  return pino(
    { level: 'info', base: { service: 'streakline' } },
    pino.destination({ dest: path, sync: true }),
  )
}

/** Nothing of the caller's own environment: the demo runs on its own parts. */
function configOf(
  state: DemoState,
  dataDir: string,
  port: number,
  mongodbUri: string | null,
  doubles: readonly DemoDouble[],
): Config {
  return readConfig({
    STREAKLINE_DATA_DIR: dataDir,
    STREAKLINE_ENCRYPTION_KEY: state.encryptionKey,
    STREAKLINE_PUBLIC_URL: originOf(port),
    STREAKLINE_PLATFORM_ORIGINS: originsOf(doubles),
    STREAKLINE_OPS_USER: OPERATOR,
    STREAKLINE_OPS_PASSWORD: state.operatorPassword,
    STREAKLINE_SHUTDOWN_SECONDS: String(SHUTDOWN_SECONDS),
    HOST: '127.0.0.1',
    PORT: String(port),
    ...(mongodbUri === null ? {} : { MONGODB_URI: mongodbUri }),
  })
}

function originOf(port: number): string {
  return `http://127.0.0.1:${port}`
}

/** The demo's account. One that a kill kept from being noted down stays behind, empty. */
async function accountOf(
  config: Config,
  { account }: DemoState,
  logger: Logger,
): Promise<NonNullable<DemoState['account']>> {
  const installation = await openInstallation(config, logger)
  try {
    if (account === null) {
      const name = `demo ${randomBytes(4).toString('hex')}`
      const made = await createAccount(installation, name, ZONE)
      return { id: made.account.id, apiKey: made.apiKey, apiSecret: made.apiSecret }
    }
    const [known] = await installation.store.findByKeys('api_key', ['apiKey'], [[account.apiKey]])
    if (known !== undefined) return account
    throw new AppError(
      'CONFLICT',
      'the store does not have the data of this demo any more: begin anew with --fresh',
    )
  } finally {
    await installation.close()
  }
}

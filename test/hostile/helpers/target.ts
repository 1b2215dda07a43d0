import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createAccount } from '../../../src/accounts/accounts.ts'
import { type Installation, openInstallation } from '../../../src/compose.ts'
import type { Config } from '../../../src/config.ts'
import { quietLogger } from '../../helpers/quiet-logger.ts'
import { configFor } from '../../helpers/running-app.ts'
import type { Look } from './target-child.ts'

const CHILD = fileURLToPath(new URL('./target-child.ts', import.meta.url))
/** Nobody listens there: what is attacked here needs no Redis. */
const NO_REDIS = 'redis://127.0.0.1:1'

export interface Target {
  readonly origin: string
  readonly port: number
  /** Of the account `target`. */
  readonly credentials: Readonly<Record<string, string>>
  readonly accountId: string
  /** What happened since the last look. @throws Error when the program has ended */
  look(): Promise<Look>
  create<T extends object = { id: string }>(slug: string, body: object): Promise<T>
  close(): Promise<void>
}

export interface TargetOptions {
  readonly config?: Partial<Config>
  /** Fills the store before the program starts. */
  readonly fill?: (installation: Installation, accountId: string) => Promise<void>
}

/** The program's web side in a process of its own, on SQLite, with an account. */
export async function openTarget({ config: given, fill }: TargetOptions = {}): Promise<Target> {
  const dataDir = await mkdtemp(join(tmpdir(), 'streakline-target-'))
  const config = { ...configFor(dataDir, { redisUrl: NO_REDIS }), ...given }
  const installation = await openInstallation(config, quietLogger)
  const { account, apiKey, apiSecret } = await createAccount(installation, 'target', 'UTC')
  await fill?.(installation, account.id)
  await installation.close()
  const child = fork(CHILD, [JSON.stringify(config)], { execArgv: ['--expose-gc', '--no-warnings'] })
  const ended = once(child, 'exit')
  const told = async (): Promise<Look> => {
    const gone = ended.then(([code, signal]) => {
      throw new Error(`the program ended by itself (${code ?? signal})`)
    })
    const [look] = await Promise.race([once(child, 'message'), gone])
    return look as Look
  }
  const { port } = await told()
  const origin = `http://127.0.0.1:${port}`
  const credentials = { 'x-api-key': apiKey, 'x-api-secret': apiSecret }
  return {
    origin,
    port,
    credentials,
    accountId: account.id,
    look() {
      if (child.exitCode === null && child.connected) child.send({ do: 'look' })
      return told()
    },
    async create<T>(slug: string, body: object) {
      const response = await fetch(`${origin}/schema/${slug}/record`, {
        method: 'POST',
        headers: { ...credentials, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      const answer = (await response.json()) as { data: T }
      if (response.status !== 201) throw new Error(`creating a ${slug}: ${JSON.stringify(answer)}`)
      return answer.data
    },
    async close() {
      if (child.connected) child.send({ do: 'stop' })
      await ended
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

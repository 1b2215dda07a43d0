import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createAccount } from '../../../src/accounts/accounts.ts'
import { openInstallation } from '../../../src/compose.ts'
import type { Store } from '../../../src/ports/store.ts'
import { quietLogger } from '../quiet-logger.ts'
import { redisForTests } from '../redis-server.ts'
import { configFor } from '../running-app.ts'
import type { FuzzTargets } from './cases.ts'
import type { Look } from './web-child.ts'

const CHILD = fileURLToPath(new URL('./web-child.ts', import.meta.url))
const SHOP_DOMAIN = 'example.myshopify.com'
const SECRETS = ['whsec_of_now_0123456789', 'whsec_of_before_0123456789'] as const

export interface FuzzRig {
  readonly origin: string
  readonly targets: FuzzTargets
  look(): Promise<Look>
  /** Ends the program and reads what it left. */
  finish<T>(read: (store: Store) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** The program in a process of its own, on a real Redis, with a connector of each platform. */
export async function openFuzzRig(): Promise<FuzzRig> {
  // a server of its own: what is queued here nobody works off
  const redis = await redisForTests({ controllable: true })
  const dataDir = await mkdtemp(join(tmpdir(), 'streakline-hooks-'))
  const config = configFor(dataDir, { redisUrl: redis.url })
  const installation = await openInstallation(config, quietLogger)
  const { apiKey, apiSecret } = await createAccount(installation, 'fuzz', 'UTC')
  await installation.close()
  const child = fork(CHILD, [JSON.stringify(config)], { execArgv: ['--expose-gc', '--no-warnings'] })
  const ended = once(child, 'exit')
  const told = async (): Promise<Look> => {
    const gone = ended.then(([code]) => {
      throw new Error(`the program ended by itself (${code})`)
    })
    const [look] = await Promise.race([once(child, 'message'), gone])
    return look as Look
  }
  const { port } = await told()
  const origin = `http://127.0.0.1:${port}`
  const create = async (slug: string, body: object) => {
    const headers = { 'x-api-key': apiKey, 'x-api-secret': apiSecret, 'content-type': 'application/json' }
    const request = { method: 'POST', headers, body: JSON.stringify(body) }
    const response = await fetch(`${origin}/schema/${slug}/record`, request)
    const answer = (await response.json()) as { data: { id: string; webhookPath: string } }
    if (response.status !== 201) throw new Error(`creating a ${slug}: ${JSON.stringify(answer)}`)
    return answer.data
  }
  const streak = await create('streak', { name: 'orders', status: 'live', aggregationTargetValue: 1 })
  const connector = (platform: string, settings: object) =>
    create('connector', {
      name: platform,
      platform,
      credentials: { webhookSecrets: SECRETS },
      settings,
      rules: [{ streakId: streak.id }],
    })
  const stop = async () => {
    if (child.connected) child.send({ do: 'stop' })
    await ended
  }
  return {
    origin,
    targets: {
      shopify: (await connector('shopify', { shopDomain: SHOP_DOMAIN })).webhookPath,
      stripe: (await connector('stripe', {})).webhookPath,
      shopDomain: SHOP_DOMAIN,
      secrets: SECRETS,
      otherSecret: 'whsec_of_somebody_else_0123',
    },
    look() {
      child.send({ do: 'look' })
      return told()
    },
    async finish(read) {
      await stop()
      const left = await openInstallation(config, quietLogger)
      try {
        return await read(left.store)
      } finally {
        await left.close()
      }
    },
    async close() {
      await stop()
      await redis.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

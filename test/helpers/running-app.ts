import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAccount } from '../../src/accounts/accounts.ts'
import { type App, openInstallation, type Role, startApp } from '../../src/compose.ts'
import type { Config } from '../../src/config.ts'
import { type CheckResponse, createResponseCheck } from './check-response.ts'
import { quietLogger } from './quiet-logger.ts'
import type { SignedRequest } from './signed.ts'

export interface RunningApp {
  readonly baseUrl: string
  readonly config: Config
  /** The key of the account's admin. */
  readonly headers: Readonly<Record<string, string>>
  /** Calls the API as the account's admin. @throws Error on an answer that is not 2xx */
  call<T>(method: string, path: string, body?: unknown): Promise<T>
  /** Delivers a webhook; answers the status. */
  deliver(path: string, request: SignedRequest): Promise<number>
  /** Ends the program and starts it again on the same data. */
  restart(): Promise<void>
  stop(): Promise<void>
}

export interface RunningAppOptions {
  readonly redisUrl: string | null
  readonly mongoUri?: string
  readonly httpProviderAllow?: readonly string[]
  readonly roles?: readonly Role[]
  /** Default: any free one. */
  readonly port?: number
  readonly publicUrl?: string
  readonly platformOrigins?: Readonly<Record<string, string>>
}

export const METRICS_TOKEN = 'a-token-for-metrics-alone'

/** Of an installation whose limits no test runs into. */
export function configFor(dataDir: string, options: RunningAppOptions): Config {
  return {
    production: false,
    dataDir,
    store: options.mongoUri === undefined ? { kind: 'sqlite' } : { kind: 'mongodb', uri: options.mongoUri },
    redisUrl: options.redisUrl,
    encryptionKeys: [randomBytes(32).toString('base64')],
    host: '127.0.0.1',
    port: options.port ?? 0,
    trustProxyHops: 0,
    requestsPerKey: 1_000_000,
    requestsPerAddress: 1_000_000,
    requestsPerEndUser: 1_000_000,
    maxConnections: 1000,
    bodyBudgetBytes: 64 * 1024 * 1024,
    logLevel: 'silent',
    operator: { user: 'operator', password: 'a password for operators' },
    servesReference: true,
    metricsToken: METRICS_TOKEN,
    metricsPort: options.roles?.includes('web') === false ? 0 : null,
    httpProviderAllow: options.httpProviderAllow ?? [],
    deliveryRetentionDays: 30,
    activityConcurrency: 64,
    rewardConcurrency: 8,
    shutdownMs: 5000,
    publicUrl: options.publicUrl ?? null,
    platformOrigins: options.platformOrigins ?? {},
    zoneInfo: null,
  }
}

/** The whole program in this process, on real servers, with an account and its key. */
export async function runApp(options: RunningAppOptions): Promise<RunningApp> {
  const dataDir = await mkdtemp(join(tmpdir(), 'streakline-app-'))
  const config = configFor(dataDir, options)
  const installation = await openInstallation(config, quietLogger)
  const { apiKey, apiSecret } = await createAccount(installation, 'test', 'UTC')
  await installation.close()

  const roles = options.roles ?? ['web', 'worker']
  let app: App = await startApp(config, roles, quietLogger)
  const baseUrl = () => `http://127.0.0.1:${app.http!.port}`
  let checked: Promise<CheckResponse> | undefined
  const checkOnce = () => {
    checked ??= fetch(`${baseUrl()}/openapi.json`).then(async (it) =>
      createResponseCheck((await it.json()) as object),
    )
    return checked
  }

  /** Sends a request; the answer is held to the API document. */
  async function send(path: string, init: RequestInit): Promise<{ status: number; text: string }> {
    const response = await fetch(`${baseUrl()}${path}`, init)
    const text = await response.text()
    const { status } = response
    const { method = 'GET', body } = init
    const check = await checkOnce()
    check({ method, path, body, status, contentType: response.headers.get('content-type'), text })
    return { status, text }
  }

  return {
    get baseUrl() {
      return baseUrl()
    },
    config,
    headers: { 'x-api-key': apiKey, 'x-api-secret': apiSecret },
    async call(method, path, body) {
      const { status, text } = await send(path, {
        method,
        headers: { 'x-api-key': apiKey, 'x-api-secret': apiSecret, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      if (status >= 400) throw new Error(`${method} ${path}: ${status} ${text}`)
      return JSON.parse(text).data
    },
    async deliver(path, { headers, body }) {
      const { status } = await send(path, { method: 'POST', headers, body: new Uint8Array(body) })
      return status
    },
    async restart() {
      await app.close()
      app = await startApp(config, roles, quietLogger)
    },
    async stop() {
      await app.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { connectorFor } from '../../../connectors/registry.ts'
import { createAccount } from '../../accounts/accounts.ts'
import { composeHttp } from '../../compose-http.ts'
import { composeZoneData } from '../../compose-zones.ts'
import { createSecretBox } from '../../crypto/secret-box.ts'
import { createRecorder } from '../../engine/record.ts'
import { createHttpApp } from '../../http/app.ts'
import { listen } from '../../http/server.ts'
import { createIdSource } from '../../ids.ts'
import { createInbox } from '../../inbox/accept.ts'
import type { JobQueue } from '../../ports/queue.ts'
import type { Store } from '../../ports/store.ts'
import { drawCode, foldCode } from '../../rewards/code.ts'
import { openSqliteStore } from '../../store/sqlite/store.ts'
import type { Stage } from './play.ts'

/** No worker listens: what a story shows is answered before anything is queued. */
const NO_QUEUE: JobQueue = {
  enqueue: async () => {},
  add: async () => {},
  states: async (_queue, jobs) => jobs.map(() => 'absent'),
  reachable: async () => false,
  close: async () => {},
}

const CLOSE_WITHIN_MS = 1000

/**
 * Acts on the real routes and a real store, both of this call alone. Time stands still between the instants that are
 * set, and ids and codes follow from `name`: whoever acts the same is answered the same.
 */
export async function onStage<T>(name: string, act: (stage: Stage) => Promise<T>): Promise<T> {
  composeZoneData({ zoneInfo: null })
  const folder = await mkdtemp(join(tmpdir(), 'streakline-story-'))
  try {
    const store = await openSqliteStore(join(folder, 'store.sqlite'))
    try {
      await store.migrate()
      return await onRoutes(store, seededBytes(name), act)
    } finally {
      await store.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function onRoutes<T>(
  store: Store,
  random: (size: number) => Uint8Array,
  act: (stage: Stage) => Promise<T>,
): Promise<T> {
  let now = 0
  const clock = { now: () => now }
  const newId = createIdSource(clock.now, (bytes) => bytes.set(random(bytes.length)))
  const logger = pino({ level: 'error' }, process.stderr)
  const secretBox = createSecretBox([Buffer.from(random(32)).toString('base64')])
  const draw = (prefix: string) => {
    const code = drawCode(prefix, random)
    return { code, foldedCode: foldCode(code) }
  }
  const common = { store, queue: NO_QUEUE, clock, logger, newId, secretBox }
  const recorder = createRecorder({ ...common, sources: { newId, drawCode: draw } })
  const inbox = createInbox({ ...common, connectorFor })
  const app = createHttpApp(composeHttp({ ...common, recorder, inbox }))
  const { port, close } = await listen(app, { port: 0, host: '127.0.0.1' })
  try {
    const { apiKey, apiSecret } = await createAccount(common, 'stories', 'UTC')
    const headers = { 'x-api-key': apiKey, 'x-api-secret': apiSecret, 'content-type': 'application/json' }
    return await act({
      setTime: (instant) => {
        now = Date.parse(instant)
      },
      async send(method, path, body) {
        const init = { method, headers, ...(body === undefined ? {} : { body }) }
        const response = await fetch(`http://127.0.0.1:${port}${path}`, init)
        return { status: response.status, text: await response.text() }
      },
    })
  } finally {
    await close(CLOSE_WITHIN_MS)
    await inbox.close()
    await recorder.drain()
  }
}

/** Bytes that look drawn, and are the same each time. */
function seededBytes(seed: string): (size: number) => Uint8Array {
  let draws = 0
  return (size) => {
    draws += 1
    return createHash('shake256', { outputLength: size }).update(`${seed} ${draws}`).digest()
  }
}

/**
 * A process of its own that works on a store, for tests of several writers and of kills:
 *
 *   node store-child.ts <sqlite|mongodb> <uri> <task> <json options>
 *
 * Says `ready` when the store is open, begins when a line arrives on stdin, ends with code 0 when all is done.
 */
import { randomUUID } from 'node:crypto'
import { createInterface } from 'node:readline'
import type { Store } from '../../src/ports/store.ts'
import { row } from '../contract/store/rows.ts'
import { openStore, type StoreKind } from './open-store.ts'

export interface RaiseOptions {
  readonly accountId: string
  readonly streakId: string
  readonly memberIds: readonly string[]
  readonly worker: number
  readonly commits: number
}
export interface InsertOptions {
  readonly accountId: string
  readonly inFlight: number
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** Read, raise the version under a guard, add a log per member; on a conflict read again. */
async function raise(store: Store, options: RaiseOptions): Promise<void> {
  const { accountId, streakId, memberIds } = options
  for (let turn = 0; turn < options.commits; turn++) {
    const first = options.worker * 7 + turn * 3
    const chosen = [first, first + 1].map((place) => memberIds[place % memberIds.length] ?? '')
    const logs = chosen.map((ownedById) => row('streak_log', { accountId, streakId, ownedById }))
    for (;;) {
      const keys = chosen.map((memberId) => [accountId, memberId, streakId])
      const found = await store.findByKeys('member_streak', ['accountId', 'ownedById', 'streakId'], keys)
      const updates = found.map(
        ({ id, version }) =>
          ({
            op: 'update',
            collection: 'member_streak',
            id,
            accountId,
            guard: { version },
            set: { version: version + 1 },
          }) as const,
      )
      const inserts = logs.map((log) => ({ op: 'insert', collection: 'streak_log', row: log }) as const)
      const result = await store.commit([...inserts, ...updates])
      if (result.outcome === 'committed') break
      if (result.reason === 'duplicate') throw new Error(`unexpected duplicate in ${result.index}`)
      say(`conflict ${result.reason}`)
    }
    for (const log of logs) say(`log ${log.id}`)
  }
}

/** Inserts members until it is killed; an id is said once its commit resolved. */
async function insertForEver(store: Store, { accountId, inFlight }: InsertOptions): Promise<void> {
  const lane = async () => {
    for (;;) {
      const member = row('member', { accountId, externalId: randomUUID() })
      const result = await store.commit([{ op: 'insert', collection: 'member', row: member }])
      if (result.outcome === 'committed') say(`member ${member.id}`)
      else if (result.reason !== 'busy') throw new Error(`unexpected conflict: ${result.reason}`)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, lane))
}

async function main(kind: StoreKind, uri: string, task: string, json: string): Promise<void> {
  const store = await openStore(kind, uri)
  say('ready')
  const lines = createInterface({ input: process.stdin })
  await new Promise((resolve) => lines.once('line', resolve))
  lines.close()
  const options: unknown = JSON.parse(json)
  if (task === 'raise') await raise(store, options as RaiseOptions)
  else if (task === 'insert') await insertForEver(store, options as InsertOptions)
  else if (task === 'migrate') await store.migrate()
  else throw new Error(`unknown task ${task}`)
  await store.close()
}

const [kind, uri, task, json] = process.argv.slice(2)
if (kind !== 'sqlite' && kind !== 'mongodb') throw new Error(`unknown kind of store ${kind}`)
await main(kind, uri ?? '', task ?? '', json ?? '{}')

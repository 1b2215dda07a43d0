import { randomUUID } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { spawnStoreChild } from '../../helpers/spawn-store-child.ts'
import type { InsertOptions, RaiseOptions } from '../../helpers/store-child.ts'
import { newAccount, rowsOf, type StoreContext, seed } from './context.ts'
import { row } from './rows.ts'

const PROCESSES = 4
const COMMITS = 64
const MEMBERS = 50
const CRASH_AFTER = 60

const idsSaid = (lines: readonly string[], word: string) =>
  lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1))

/** Several processes on one store, and one that is killed. */
export function describeProcesses({ harness, store, fresh }: StoreContext): void {
  describe('several processes', () => {
    it(`lose none of ${PROCESSES} × ${COMMITS} guarded changes on ${MEMBERS} members`, async () => {
      const [accountId, streakId] = [newAccount(), randomUUID()]
      const memberIds = Array.from({ length: MEMBERS }, () => randomUUID())
      const journeys = memberIds.map((ownedById) => row('member_streak', { accountId, streakId, ownedById }))
      await seed(store(), 'member_streak', journeys)

      const children = Array.from({ length: PROCESSES }, (_, worker) => {
        const options: RaiseOptions = { accountId, streakId, memberIds, worker, commits: COMMITS }
        return spawnStoreChild(store().kind, harness().processUri, 'raise', options)
      })
      try {
        await Promise.all(children.map((child) => child.said((line) => line === 'ready')))
        for (const child of children) child.go()
        await Promise.all(children.map((child) => child.done()))
      } finally {
        await Promise.all(children.map((child) => child.kill()))
      }

      const said = children.flatMap((child) => idsSaid(child.lines, 'log'))
      const logs = await rowsOf(store(), 'streak_log', accountId)
      expect(said).toHaveLength(2 * PROCESSES * COMMITS)
      expect(logs.map((log) => log.id)).toEqual([...said].sort())
      const logsOf = new Map<string, number>()
      for (const log of logs) logsOf.set(log.ownedById, (logsOf.get(log.ownedById) ?? 0) + 1)
      for (const journey of await rowsOf(store(), 'member_streak', accountId)) {
        expect([journey.ownedById, journey.version]).toEqual([
          journey.ownedById,
          logsOf.get(journey.ownedById) ?? 0,
        ])
      }
    })

    it('finds every commit that was answered before the process was killed', async () => {
      const accountId = newAccount()
      const alone = await fresh()
      try {
        await alone.store.migrate()
        await alone.store.close()
        const options: InsertOptions = { accountId, inFlight: 4 }
        const child = spawnStoreChild(alone.store.kind, alone.processUri, 'insert', options)
        try {
          await child.said((line) => line === 'ready')
          child.go()
          await child.said(() => child.lines.length > CRASH_AFTER)
        } finally {
          await child.kill()
        }
        const answered = idsSaid(child.lines, 'member')
        expect(answered.length).toBeGreaterThanOrEqual(CRASH_AFTER)
        const reopened = await alone.reopen()
        try {
          const kept = new Set((await rowsOf(reopened, 'member', accountId)).map((member) => member.id))
          expect(answered.filter((id) => !kept.has(id))).toEqual([])
        } finally {
          await reopened.close()
        }
      } finally {
        await alone.close()
      }
    })

    it('may migrate the same empty store at the same time', async () => {
      const empty = await fresh()
      try {
        const children = [1, 2, 3].map(() => spawnStoreChild(empty.store.kind, empty.processUri, 'migrate'))
        try {
          await Promise.all(children.map((child) => child.said((line) => line === 'ready')))
          for (const child of children) child.go()
          await Promise.all(children.map((child) => child.done()))
        } finally {
          await Promise.all(children.map((child) => child.kill()))
        }
        await seed(empty.store, 'member', [row('member')])
        expect(await empty.store.schemaVersion()).toBeGreaterThan(0)
      } finally {
        await empty.close()
      }
    })
  })
}

import mongoose from 'mongoose'
import { openMongoStore } from '../../../src/store/mongo/store.ts'
import { until } from '../../helpers/until.ts'
import { notingStore, type PlanHarness } from './harness.ts'

/** What the server's profiler writes about an operation. */
interface Profiled {
  readonly ns: string
  readonly op: string
  readonly command: { readonly find?: string; readonly aggregate?: string; readonly getMore?: unknown }
  readonly docsExamined?: number
  readonly keysExamined?: number
  readonly hasSortStage?: boolean
  readonly planSummary?: string
}

const PROFILE_BYTES = 64 * 1024 * 1024
const WRITTEN_WITHIN_MS = 120_000

/** Has the server profile every operation of a database of its own. */
export async function mongoPlans(uri: string): Promise<PlanHarness> {
  const inner = await openMongoStore(uri)
  await inner.migrate()
  const { store, take } = notingStore(inner)
  const client = await mongoose.mongo.MongoClient.connect(uri)
  const database = client.db()
  let read = 0
  let isProfiling = false

  async function startProfiling(): Promise<void> {
    await database.createCollection('system.profile', { capped: true, size: PROFILE_BYTES })
    await database.command({ profile: 2, slowms: 0 })
    isProfiling = true
  }

  async function profiled(): Promise<Profiled[]> {
    const entries = await database
      .collection<Profiled>('system.profile')
      .find({ ns: { $not: /system\.profile$/ } })
      .sort({ $natural: 1 })
      .skip(read)
      .toArray()
    return entries.filter(
      ({ command }) => 'find' in command || 'aggregate' in command || 'getMore' in command,
    )
  }

  return {
    store,
    async examined() {
      const reads = take()
      if (!isProfiling) await startProfiling()
      const names = new Set<string>(reads.map(({ collection }) => collection))
      let own: Profiled[] = []
      await until(async () => {
        own = (await profiled()).filter(({ ns }) => names.has(ns.slice(ns.indexOf('.') + 1)))
        return own.length >= reads.length
      }, WRITTEN_WITHIN_MS)
      read = await database.collection('system.profile').countDocuments({ ns: { $not: /system\.profile$/ } })
      const most = ({ docsExamined = 0, keysExamined = 0 }: Profiled) => Math.max(docsExamined, keysExamined)
      return {
        rows: own.reduce((sum, entry) => sum + most(entry), 0),
        plans: own.map(({ planSummary = '', hasSortStage }) =>
          hasSortStage ? `SORT, ${planSummary}` : planSummary,
        ),
        isScan: own.some(
          ({ planSummary, hasSortStage }) => hasSortStage === true || planSummary === 'COLLSCAN',
        ),
      }
    },
    async close() {
      await database.command({ profile: 0 })
      await client.close()
      await inner.close()
    },
  }
}

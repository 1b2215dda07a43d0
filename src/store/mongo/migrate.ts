import { type CollectionName, latestOf, type Shape } from '../../ports/schema.ts'
import type { MigrateOptions } from '../../ports/store.ts'
import {
  checkSchema,
  describeStep,
  isBeside,
  isCurrent,
  isDropIndex,
  isFill,
  type PlannedStep,
  refuseNewer,
  type Stamp,
  stepsAbove,
} from '../plan.ts'
import { type MongoConnection, READ_OPTIONS, type Session } from './connection.ts'
import { type FillDeps, fill } from './fill.ts'
import { buildIndexes, dropIndex } from './indexes.ts'
import { acquireLease } from './lease.ts'
import { checkServer } from './server.ts'
import { forgetStep, readStamp, readSteps, writeStamp } from './stamp.ts'

type Told = NonNullable<MigrateOptions['onProgress']>

/** The stamp. @throws AppError CONFLICT when a newer program has brought the database forward */
export async function readKnownStamp(
  connection: MongoConnection,
  session: Session,
  shape: Shape,
): Promise<Stamp> {
  const stamp = await readStamp(connection, session)
  refuseNewer('MongoDB', stamp.version, shape)
  return stamp
}

/**
 * One process at a time, by a lease that ends with its holder. Every step may be taken again, and fills note how far
 * they came in the transactions that fill, so an interrupted run is simply run again.
 * @param check throws once the store is closed
 * @throws AppError CONFLICT when the server will not do, or the data is newer than this program
 */
export async function migrate(
  connection: MongoConnection,
  shape: Shape,
  { usable = false, onProgress = () => {} }: MigrateOptions,
  check: () => void,
  leaseMs?: number,
): Promise<void> {
  checkServer(await connection.server())
  const look = () => connection.run((session) => readKnownStamp(connection, session, shape))
  // whoever only wants to work need not wait for what another process fills
  if (isCurrent(await look(), shape) && usable) return
  const goOn = () => {
    check()
    onProgress({ what: 'waiting for another process that does it', done: null, total: null })
  }
  const lease = await acquireLease(connection, goOn, leaseMs)
  try {
    const deps: FillDeps = { connection, lease, check }
    // it may have been brought forward, also by a newer program, while this one waited
    const stamp = await look()
    // also where the stamp says that all is there: after a restore it need not be
    if (!usable || !isCurrent(stamp, shape)) await bringForward(deps, shape, stamp, onProgress)
    if (!usable) await fillBeside(deps, shape, onProgress)
  } finally {
    // whoever waits for it gets it when it has run out
    await lease.release().catch(() => {})
  }
}

async function bringForward(deps: FillDeps, shape: Shape, stamp: Stamp, onProgress: Told): Promise<void> {
  const { connection, lease, check } = deps
  checkSchema(shape.schema)
  const steps = stepsAbove(stamp.version, shape)
  const step = async (what: string, work: (session: Session) => Promise<void>): Promise<void> => {
    check()
    onProgress({ what, done: null, total: null })
    await connection.run(async (session) => {
      await lease.renew(session)
      await work(session)
    })
  }
  for (const each of steps) {
    if (isBeside(each)) continue
    if (isFill(each)) await fill(deps, each, onProgress)
    if (isDropIndex(each)) {
      await step(describeStep(each), (session) => dropIndex(connection.models, each.step, session))
    }
  }
  for (const [collection, model] of Object.entries(connection.models.rows)) {
    await step(`indexes of ${collection}`, (session) => buildIndexes(model, session))
  }
  await step(`version ${latestOf(shape.versions)}`, async (session) => {
    const left = await leftBeside(connection, session, stamp, steps)
    const done = steps.filter((each) => !left.includes(each))
    await writeStamp(connection.models, session, shape, left, done)
  })
}

/** What is to be filled beside the program; in a database that is only now made, what has rows. */
async function leftBeside(
  { models }: MongoConnection,
  session: Session,
  { version }: Stamp,
  steps: readonly PlannedStep[],
): Promise<PlannedStep[]> {
  const left: PlannedStep[] = []
  for (const each of steps.filter(isBeside)) {
    const rows = models.rows[each.step.collection as CollectionName].collection
    const one = { ...READ_OPTIONS, session, projection: { _id: 1 } }
    if (version > 0 || (await rows.findOne({}, one)) !== null) left.push(each)
  }
  return left
}

/** What the stamp has left behind it. */
async function fillBeside(deps: FillDeps, shape: Shape, onProgress: Told): Promise<void> {
  const { connection } = deps
  const left = await connection.run((session) => readSteps(connection, session))
  for (const each of stepsAbove(0, shape)) {
    if (!left.has(each.name) || !isFill(each)) continue
    await fill(deps, each, onProgress)
    await connection.run((session) => forgetStep(connection.models, session, each.name))
  }
}

import { latestOf, type Shape } from '../../ports/schema.ts'
import type { MigrateOptions } from '../../ports/store.ts'
import {
  checkSchema,
  describeStep,
  isBeside,
  isCurrent,
  isDropIndex,
  isFill,
  refuseNewer,
  type Stamp,
  stepsAbove,
} from '../plan.ts'
import type { MongoConnection, Session } from './connection.ts'
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
  await step(`version ${latestOf(shape.versions)}`, (session) => {
    const done = steps.filter((each) => !isBeside(each))
    return writeStamp(connection.models, session, shape, steps.filter(isBeside), done)
  })
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

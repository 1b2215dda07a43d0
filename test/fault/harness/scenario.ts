import type { StoreKind } from '../../helpers/open-store.ts'
import { until } from '../../helpers/until.ts'
import type { Fault } from './faults.ts'
import type { MongoUnderTest } from './mongo.ts'
import { seeded } from './random.ts'
import { judge, type Verdict } from './verdict.ts'
import { makeWorld, type World } from './world.ts'

export interface RunOptions {
  readonly seed: number
  readonly perSecond: number
  readonly durationMs: number
  /** How long the installation may take to come to rest. */
  readonly settleWithinMs: number
  /** Whether the folder with data and logs stays in any case; it does when something is wrong. */
  readonly keepFolder: boolean
  readonly say: (text: string) => void
}

export interface Result extends Verdict {
  readonly fault: Fault
  readonly store: StoreKind
  /** How often the fault was inflicted. */
  readonly times: number
  /** From its end until what was answered before, and the first delivery after it, had their effect; null: never. */
  readonly recoveryMs: number | null
}

/** Inflicts a fault on an installation of its own, under traffic, and judges what is left. */
export async function run(
  fault: Fault,
  store: StoreKind,
  mongo: MongoUnderTest | null,
  options: RunOptions,
): Promise<Result> {
  const random = seeded(options.seed)
  const { perSecond, settleWithinMs } = options
  const { redisFromTheStart = true, redis = 'server', workers = 2, openShop } = fault
  const world = await makeWorld({
    ...{ store, mongo, redisFromTheStart, redis, workers, random, perSecond, openShop },
  })
  const wrong: string[] = []
  const note = (error: unknown) => void wrong.push(error instanceof Error ? error.message : String(error))
  try {
    world.traffic.start()
    const times = await fault.inflict(world, options).catch((error: unknown) => {
      note(error)
      return 0
    })
    const recoveryMs = await recovered(world, settleWithinMs).catch((error: unknown) => {
      note(error)
      return null
    })
    const verdict = await judge(world, settleWithinMs)
    wrong.push(...verdict.wrong)
    if (wrong.length > 0) wrong.push(`data and logs are in ${world.folder}`)
    return { ...verdict, wrong, fault, store, times, recoveryMs }
  } catch (error) {
    wrong.push(String(error))
    throw error
  } finally {
    if (options.keepFolder) options.say(`data and logs are in ${world.folder}`)
    await world.remove(options.keepFolder || wrong.length > 0)
  }
}

/**
 * Milliseconds from now until the effect of all that was answered by now, and of the first delivery sent from now on.
 */
async function recovered({ traffic, effects }: World, withinMs: number): Promise<number> {
  const endedAt = performance.now()
  const before = traffic.deliveries.filter(({ answeredAt }) => answeredAt !== null)
  const firstAfter = () => traffic.deliveries.find(({ firstSentAt }) => firstSentAt > endedAt)
  await until(() => firstAfter() !== undefined, withinMs)
  const wanted = [...before, firstAfter()!].map(({ order }) => order)
  await effects.await(wanted, withinMs)
  return performance.now() - endedAt
}

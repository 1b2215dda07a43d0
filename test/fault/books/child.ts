/** A worker process that has something done for each of some rewards, and may be told to stand still at a step. */
import { v7 as newId } from 'uuid'
import { marksOf } from '../../../src/compose-fail-points.ts'
import { composeInstalling } from '../../../src/compose-installing.ts'
import { createCouponProviders } from '../../../src/coupons/registry.ts'
import { createSecretBox } from '../../../src/crypto/secret-box.ts'
import type { FailStep } from '../../../src/ports/fail-points.ts'
import type { RewardJob } from '../../../src/ports/queue.ts'
import { createFulfil } from '../../../workers/reward/fulfil.ts'
import { openStore } from '../../helpers/open-store.ts'
import { quietLogger } from '../../helpers/quiet-logger.ts'
import { jobContext } from '../../helpers/reward-world.ts'
import type { Place } from './scene.ts'

export interface Task {
  readonly job: RewardJob
  /** Where it stands still, the `nth` time that it comes there; null: it goes through, or is held up at the platform. */
  readonly at: { readonly step: FailStep; readonly nth: number } | null
}

export interface Work {
  readonly place: Place
  readonly platformOrigins: Readonly<Record<string, string>>
  readonly now: number
  readonly tasks: readonly Task[]
}

export type Said = 'standing' | 'done'

const say = (said: Said) => void process.send!(said)

async function work({ place, platformOrigins, now, tasks }: Work): Promise<void> {
  const store = await openStore(place.store, place.uri)
  const clock = { now: () => now }
  const secretBox = createSecretBox([place.encryptionKey])
  const parts = { store, secretBox, clock, logger: quietLogger, newId, platformOrigins }
  const { door, calls } = composeInstalling(parts)
  const providers = createCouponProviders({ store, clock, door, calls })

  // each has a worker of its own, so that none stands still for another
  async function doOne({ job, at }: Task): Promise<void> {
    let times = 0
    const reach = (step: FailStep): void | Promise<void> => {
      if (step !== at?.step) return
      times += 1
      if (times !== at.nth) return
      say('standing')
      return new Promise(() => {})
    }
    const marks = marksOf({ reach })
    const fulfil = createFulfil({
      store: marks.store(store, 'reward_before_write', 'reward_after_write'),
      providers: marks.providers(providers),
      ...{ secretBox, clock, logger: quietLogger },
    })
    await fulfil(job, jobContext()).catch(() => {})
  }

  await Promise.all(tasks.map(doOne))
  await store.close()
  say('done')
  process.disconnect()
}

process.on('message', (given: Work) => void work(given))
process.on('disconnect', () => process.exit())

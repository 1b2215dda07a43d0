import type { FailStep } from '../../../src/ports/fail-points.ts'
import { rewardJobOf } from '../../../src/ports/queue.ts'
import { tell } from '../../helpers/doubles.ts'
import type { Task } from './child.ts'
import { killWorker } from './crew.ts'
import type { Scene } from './scene.ts'
import type { Reward, Wanted } from './shop.ts'

type At = readonly [step: FailStep, nth: number]

/** While a coupon is made. The first write says that its provider is going to be asked, the second what came of that. */
const MAKING: readonly At[] = [
  ['reward_before_write', 1],
  ['reward_after_write', 1],
  ['reward_before_provider', 1],
  ['reward_after_provider', 1],
  ['reward_before_write', 2],
  ['reward_after_write', 2],
]
const TAKING_BACK: readonly At[] = [
  ['revoke_before_provider', 1],
  ['revoke_after_provider', 1],
  ['reward_before_write', 1],
  ['reward_after_write', 1],
]
/** The request is at the platform, which has done nothing yet; it has done it, and the answer is on its way. */
const AT_PLATFORM = ['timeout', 'timeout_after_effect'] as const
/** Of how many requests a coupon is taken back, with each of the platforms. */
const REQUESTS_BACK = 2

/** Where the work for one reward ends with its process. */
interface End {
  readonly reward: Reward
  readonly at: Task['at']
  /** The request that the platform leaves without an answer, and when; null: none. */
  readonly held: (Wanted & { readonly kind: string }) | null
}

const taskOf = ({ reward, at }: End): Task => ({ job: rewardJobOf(reward), at })

/**
 * Has the process that works for rewards end at each step of making a coupon and of taking one back: at the named ones,
 * and with each request at the platform, before its effect and after it. Of half of those that are made the purchase is
 * taken back before anybody goes on.
 * @param together with one kill for all of them; else each has a process and a kill of its own
 * @returns how many steps there were
 */
export async function killAtEachStep(scene: Scene, together: boolean): Promise<number> {
  const back = await endsOfTakingBack(scene)
  const kept = await endsOfMaking(scene)
  const returned = await endsOfMaking(scene)
  const ends = [...back, ...kept, ...returned]
  for (const { held } of ends) {
    if (held !== null) await tell(scene.shop.double, 'POST /faults', held)
  }
  await scene.away(async () => {
    if (together) return killWorker(scene, ends.map(taskOf))
    for (const end of ends) await killWorker(scene, [taskOf(end)])
  })
  await scene.takeBack(returned.map(({ reward }) => reward))
  return ends.length
}

async function endsOfMaking(scene: Scene): Promise<End[]> {
  const rewards = await scene.grant(MAKING.length + AT_PLATFORM.length)
  const named = MAKING.map(([step, nth], at) => ({ reward: rewards[at]!, at: { step, nth }, held: null }))
  const asked = AT_PLATFORM.map((kind, at) => {
    const reward = rewards[MAKING.length + at]!
    return { reward, at: null, held: { ...scene.shop.making(reward), kind } }
  })
  return [...named, ...asked]
}

async function endsOfTakingBack(scene: Scene): Promise<End[]> {
  const issued = await scene.issued(TAKING_BACK.length + AT_PLATFORM.length * REQUESTS_BACK)
  const wanted = await Promise.all(issued.map((reward) => scene.shop.takingBack(reward)))
  const revoking = await scene.takeBack(issued)
  return revoking.map((reward, index) => {
    const [step, nth] = TAKING_BACK[index] ?? []
    if (step !== undefined) return { reward, at: { step, nth: nth! }, held: null }
    const place = index - TAKING_BACK.length
    const kind = AT_PLATFORM[place % AT_PLATFORM.length]!
    return { reward, at: null, held: { ...wanted[index]![Math.floor(place / AT_PLATFORM.length)]!, kind } }
  })
}

import { rewardJobOf } from '../../../src/ports/queue.ts'
import { tell } from '../../helpers/doubles.ts'
import { workTogether } from './crew.ts'
import { killAtEachStep } from './kill.ts'
import type { Scene, Work } from './scene.ts'
import { EXPIRES_IN_DAYS, type Reward } from './shop.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

export interface BooksFault {
  readonly name: string
  /** What happens, for the table. */
  readonly title: string
  /** @param isLong the thorough form, which takes minutes. @returns how often it was inflicted */
  inflict(scene: Scene, isLong: boolean): Promise<number>
}

export const BOOKS_FAULTS: readonly BooksFault[] = [
  {
    name: 'kill',
    title: 'kill -9 at every step of a coupon',
    inflict: (scene, isLong) => killAtEachStep(scene, !isLong),
  },
  {
    name: 'lost',
    title: 'no answer, with success behind it',
    inflict: (scene) => spoil(scene, ['timeout_after_effect', 'reset_after_effect', 'not_json_after_effect']),
  },
  {
    name: 'failed',
    title: '5xx after the effect, twice',
    inflict: (scene) => spoil(scene, ['error_after_effect'], 2),
  },
  { name: 'twice', title: 'jobs five times at once', inflict: repeatJobs },
  { name: 'workers', title: 'two workers at once', inflict: workInPairs },
  { name: 'week', title: 'tried again a week later', inflict: replayLater },
  {
    name: 'clock',
    title: 'clock a day ahead, then right again',
    inflict: (scene) => jumpClock(scene, false),
  },
  {
    name: 'clock-paused',
    title: 'the same, with a paused provider',
    inflict: (scene) => jumpClock(scene, true),
  },
  { name: 'expired', title: 'clock beyond their life, then right again', inflict: jumpBeyondLife },
  { name: 'access', title: 'access ends in between', inflict: endAccess },
]

/** Has the requests that make coupons, and those that take some back, answered so, each so many times in succession. */
async function spoil(scene: Scene, kinds: readonly string[], times = 1): Promise<number> {
  const { shop } = scene
  const issued = await scene.issued(2 * kinds.length)
  const wanted = await Promise.all(issued.map((reward) => shop.takingBack(reward)))
  const back = await scene.takeBack(issued)
  const fresh = await scene.grant(kinds.length)
  const faults = [
    ...fresh.map((reward, at) => ({ ...shop.making(reward), kind: kinds[at]!, times })),
    ...wanted.map((steps, at) => ({ ...steps[at % 2]!, kind: kinds[Math.floor(at / 2)]!, times })),
  ]
  await scene.hurry()
  const work = scene.worker()
  for (const fault of faults) await tell(shop.double, 'POST /faults', fault)
  for (let round = 0; round < times; round += 1) {
    await Promise.all([...fresh, ...back].map(async ({ id }) => work(await scene.read(id))))
  }
  return faults.length * times
}

/** Loses the answer to the request that makes this reward's coupon, once. */
async function loseAnswer({ shop }: Scene, reward: Reward, kind = 'reset_after_effect'): Promise<void> {
  await tell(shop.double, 'POST /faults', { ...shop.making(reward), kind })
}

const many = (times: number, act: () => Promise<void>) => Promise.all(Array.from({ length: times }, act))

async function repeatJobs(scene: Scene): Promise<number> {
  const work = scene.worker()
  const rewards = await scene.grant(4)
  await loseAnswer(scene, rewards[0]!)
  await Promise.all(rewards.map((reward) => many(5, () => work(reward))))
  await scene.workOff()
  const back = await scene.takeBack(rewards.slice(0, 2))
  await Promise.all(back.map((reward) => many(5, () => work(reward))))
  return rewards.length + back.length
}

/** On SQLite in one process, which owns the file; on MongoDB in two. */
async function workInPairs(scene: Scene): Promise<number> {
  const rewards = await scene.grant(6)
  await loseAnswer(scene, rewards[0]!)
  await inPairs(scene, rewards)
  await scene.workOff()
  const back = await scene.takeBack(rewards.slice(0, 3))
  await inPairs(scene, back)
  return rewards.length + back.length
}

async function inPairs(scene: Scene, rewards: readonly Reward[]): Promise<void> {
  if (scene.place.store === 'mongodb') {
    const tasks = rewards.map((reward) => ({ job: rewardJobOf(reward), at: null }))
    return scene.away(() => workTogether(scene, 2, tasks))
  }
  const workers: readonly Work[] = [scene.worker(), scene.worker()]
  await Promise.all(workers.flatMap((work) => rewards.map((reward) => work(reward))))
}

/** Whatever the platform remembers of keys for a day is forgotten by then. */
async function replayLater(scene: Scene): Promise<number> {
  const work = scene.worker()
  const [heard, unheard, other, late] = (await scene.grant(4)) as [Reward, Reward, Reward, Reward]
  await work(heard)
  for (const reward of [unheard, other, late]) await loseAnswer(scene, reward)
  for (const reward of [unheard, other]) await work(reward, true)
  await work(late)
  await scene.pass(7 * DAY_MS)
  // an old job comes again, one goes on, two are tried again by hand, one is not wanted any more
  await work(heard)
  const again = await Promise.all([unheard, other].map((reward) => scene.replay(reward)))
  await Promise.all([...again, ...again, await scene.read(late.id)].map((reward) => work(reward)))
  await scene.workOff()
  await scene.takeBack([other])
  return 4
}

/**
 * While it is ahead answers are lost, the platform wants to be left alone, or fails until it is, and a purchase is taken
 * back whose coupon may be being made. Then the clock goes back by more than that.
 */
async function jumpClock(scene: Scene, isPaused: boolean): Promise<number> {
  const work = scene.worker()
  const [before, ahead, returned, throttled, left, ...failing] = (await scene.grant(10)) as [
    ...[Reward, Reward, Reward, Reward, Reward],
    ...Reward[],
  ]
  await loseAnswer(scene, before)
  await work(before)
  scene.jump(DAY_MS)
  for (const reward of [ahead, returned]) {
    await loseAnswer(scene, reward)
    await work(reward)
  }
  await scene.takeBack([returned])
  const headers = { 'retry-after': '60' }
  await answerBefore(scene, throttled, { status: 429, headers })
  await work(throttled)
  scene.jump(isPaused ? MINUTE_MS : 0)
  for (const reward of isPaused ? failing : []) {
    await answerBefore(scene, reward, { status: 500 })
    await work(reward)
  }
  scene.jump(-2 * DAY_MS)
  await work(left)
  return 2
}

/** A reward whose coupon would have lapsed by then fails, though it may be made; it is tried again once the clock is right. */
async function jumpBeyondLife(scene: Scene): Promise<number> {
  const work = scene.worker()
  const rewards = await scene.grant(3)
  for (const reward of rewards.slice(1)) {
    await loseAnswer(scene, reward)
    await work(reward)
  }
  scene.jump(2 * EXPIRES_IN_DAYS * DAY_MS)
  for (const { id } of rewards) await work(await scene.read(id))
  scene.jump(-2 * EXPIRES_IN_DAYS * DAY_MS)
  const after = await Promise.all(rewards.map(({ id }) => scene.read(id)))
  for (const reward of after) if (reward.fulfilmentStatus === 'failed') await scene.replay(reward)
  await scene.workOff()
  await scene.takeBack(rewards.slice(2))
  return 2
}

/** Has the request for this reward's coupon answered so, without an effect, once. */
async function answerBefore({ shop }: Scene, reward: Reward, answer: object): Promise<void> {
  const body = { error: { message: 'not now' } }
  await tell(shop.double, 'POST /faults', { ...shop.making(reward), kind: 'error', body, ...answer })
}

/** Between the effect and the next try, between a grant and the first, and before a coupon is taken back. */
async function endAccess(scene: Scene): Promise<number> {
  const { shop } = scene
  const work = scene.worker()
  const back = await scene.issued(1)
  const [unheard, waiting] = (await scene.grant(2)) as [Reward, Reward]
  await loseAnswer(scene, unheard)
  await work(unheard)
  await shop.refuse()
  await scene.takeBack(back)
  const all = [unheard, waiting, ...back]
  await Promise.all(all.map(async ({ id }) => work(await scene.read(id))))
  await shop.readmit(scene.client)
  return all.length
}

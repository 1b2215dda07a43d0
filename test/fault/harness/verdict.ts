import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { openInstallation } from '../../../src/compose.ts'
import type { CollectionName } from '../../../src/ports/schema.ts'
import type { Condition } from '../../../src/ports/store.ts'
import { quietLogger } from '../../helpers/quiet-logger.ts'
import { runProgram } from '../../helpers/run-program.ts'
import { checkProgress, checkRewards, type RewardRecord } from './checks.ts'
import { expectedOf, type TakenBack } from './expected.ts'
import type { Order } from './orders.ts'
import { judgeBooks } from './platform-books.ts'
import { unfinishedJobs } from './queues.ts'
import { checkTold } from './told.ts'
import type { World } from './world.ts'

const PROGRAM = fileURLToPath(new URL('../../../src/streakline.js', import.meta.url))
const PAUSE_MS = 300
const MAX_COUNTED = 100_000
const ENDED = ['issued', 'revoked', 'failed']
const REWARD_FIELDS = ['id', 'ownedById', 'milestoneId', 'periodKey', 'fulfilmentStatus', 'couponCode']

export interface Verdict {
  readonly orders: number
  readonly requests: number
  readonly answered: number
  /** Orders with exactly one log on each streak. */
  readonly effects: number
  /** Answered with 2xx and without a log on one of the streaks. */
  readonly lost: number
  /** Logs, rewards and coupons beyond the first of each. */
  readonly doubled: number
  readonly rewards: number
  readonly coupons: number
  /** Whatever is not as it should be, a sentence each. */
  readonly wrong: readonly string[]
}

/** Waits until the installation has come to rest, and compares what it holds with what was sent. */
export async function judge(world: World, settleWithinMs: number): Promise<Verdict> {
  const { traffic } = world
  const wrong: string[] = []
  const note = (error: unknown) => void wrong.push(error instanceof Error ? error.message : String(error))
  await traffic.finish(settleWithinMs)
  const answered = ordersOf(world, ({ answeredAt }) => answeredAt !== null)
  const orders = ordersOf(world, () => true)
  if (orders.size > answered.size) note(`${orders.size - answered.size} deliveries were never answered`)
  await world.effects.await([...answered.values()], settleWithinMs).catch(note)
  await atRest(world, settleWithinMs).catch(note)
  const ledger = await checkLedger(world, answered)
  const unreported = traffic.refunds.filter(({ answeredAt }) => answeredAt === null)
  if (unreported.length > 0) note(`${unreported.length} refunds were never answered`)
  const expected = expectedOf(answered.values(), takenBackOf(world))
  // what a coupon was earned with may have been given back since: it is kept
  const evenSo = expectedOf(answered.values(), new Map())
  wrong.push(...(await checkProgress(world, expected)))
  const rewards = await rewardsOf(world)
  const judged = await checkRewards(world, { ...expected, everInARow: evenSo.inARow }, rewards)
  wrong.push(...judged.wrong, ...checkTold(world, rewards))
  await world.stopProcesses()
  const books = await checkBooks(world)
  wrong.push(...books.wrong, ...(await checkStore(world)), ...(await checkRebuild(world)))
  return {
    orders: orders.size,
    requests: traffic.requests,
    answered: answered.size,
    effects: ledger.effects,
    lost: ledger.lost,
    doubled: ledger.doubled + judged.doubled + books.doubled,
    rewards: rewards.length,
    coupons: books.coupons,
    wrong,
  }
}

/** By id: an order may have several deliveries. */
function ordersOf(
  { traffic }: World,
  which: (delivery: World['traffic']['deliveries'][number]) => boolean,
): Map<string, Order> {
  return new Map(traffic.deliveries.filter(which).map(({ order }) => [order.id, order]))
}

/** Over the API the spending alone was withdrawn. */
function takenBackOf({ traffic, withdrawn }: World): Map<string, TakenBack> {
  const refunds = traffic.refunds.map(({ order, cents, isGoods }): [string, TakenBack] => [
    order.id,
    { cents, purchase: isGoods || cents === order.cents },
  ])
  const withdrawals = [...withdrawn].map(([id, cents]): [string, TakenBack] => [
    id,
    { cents, purchase: false },
  ])
  return new Map([...refunds, ...withdrawals])
}

function rewardsOf({ api }: World): Promise<RewardRecord[]> {
  return api.list<RewardRecord>('reward_log', REWARD_FIELDS)
}

/** Resolves when no job is left and every reward has come to its end. @throws Error telling what is stuck */
async function atRest(world: World, withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const jobs = await unfinishedJobs(world.redis.url)
    const rewards = jobs.length > 0 ? [] : await rewardsOf(world)
    const open = rewards.filter(({ fulfilmentStatus }) => !ENDED.includes(fulfilmentStatus))
    const reports = jobs.length + open.length > 0 ? 0 : await openReports(world)
    // a retry whose job was wiped is found again by the sweep, seconds after it was due
    const messages = jobs.length + open.length + reports > 0 ? 0 : await openMessages(world)
    if (jobs.length + open.length + reports + messages === 0) return
    if (performance.now() > deadline) {
      const stuck = [
        ...jobs,
        ...(open.length > 0 ? [`${open.length} rewards not fulfilled`] : []),
        ...(reports > 0 ? [`${reports} refunds not applied`] : []),
        ...(messages > 0 ? [`${messages} messages not delivered`] : []),
      ]
      throw new Error(`stuck after ${withinMs / 1_000} s: ${stuck.join(', ')}`)
    }
    await delay(PAUSE_MS)
  }
}

/** Refunds that wait for their purchase, or were not looked at. */
async function openReports({ api }: World): Promise<number> {
  const rows = await api.list<{ outcome: string; items: { status: string }[] }>('delivery', [
    'outcome',
    'items',
  ])
  const items = rows.filter(({ outcome }) => outcome === 'reported').flatMap((row) => row.items)
  return items.filter(({ status }) => status === 'pending' || status === 'waiting').length
}

async function openMessages({ api }: World): Promise<number> {
  const rows = await api.list<{ status: string }>('webhook_message', ['status'])
  return rows.filter(({ status }) => status === 'pending').length
}

async function checkLedger({ api, merchant }: World, answered: ReadonlyMap<string, Order>) {
  const fields = ['uniqueIdentifier', 'streakId']
  const logs = await api.list<{ uniqueIdentifier: string; streakId: string }>('streak_log', fields)
  const counts = new Map<string, number>()
  for (const { uniqueIdentifier, streakId } of logs) {
    const key = `${streakId} ${uniqueIdentifier}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  const perStreak = (id: string) => [merchant.visits, merchant.spending].map((streak) => `${streak.id} ${id}`)
  let lost = 0
  let effects = 0
  for (const id of answered.keys()) {
    const own = perStreak(id).map((key) => counts.get(key) ?? 0)
    if (own.includes(0)) lost += 1
    if (own.every((count) => count === 1)) effects += 1
  }
  return { lost, effects, doubled: logs.length - counts.size }
}

/** What the API does not show: rows that still wait for work, items that could not be worked off. */
async function checkStore({ config }: World): Promise<string[]> {
  const { store, close } = await openInstallation(config, quietLogger, { claim: false })
  const count = async <C extends CollectionName>(what: string, collection: C, where: Condition<C>) => {
    const found = await store.count(collection, where, MAX_COUNTED)
    return found > 0 ? [`${found} ${what}`] : []
  }
  try {
    const found = await Promise.all([
      count('delivery items still due', 'delivery_item', { field: 'dueAt', op: 'isNotNull' }),
      count('delivery items failed', 'delivery_item', { field: 'status', op: 'eq', value: 'failed' }),
      count('rewards still due', 'reward_log', { field: 'dueAt', op: 'isNotNull' }),
      count('messages still due', 'webhook_message', { field: 'dueAt', op: 'isNotNull' }),
      count('erasures unfinished', 'erasure', { field: 'id', op: 'isNotNull' }),
    ])
    return found.flat()
  } finally {
    await close()
  }
}

/** The books of the platform against every reward of the store, where one makes the coupons. */
async function checkBooks({ config, coupons, shop }: World) {
  if (shop === null) return { coupons: coupons.books.size, doubled: 0, wrong: [] }
  const { store, close } = await openInstallation(config, quietLogger, { claim: false })
  try {
    const books = await shop.books()
    const rewards = await store.find('reward_log', { limit: MAX_COUNTED })
    return { coupons: books.length, ...judgeBooks(books, rewards) }
  } finally {
    await close()
  }
}

/** `streakline rebuild --check`, as an operator runs it. */
async function checkRebuild({ env, folder }: World): Promise<string[]> {
  const { PATH = '' } = process.env
  const parameters = ['--no-warnings', PROGRAM, 'rebuild', '--check']
  const { status, stdout, stderr } = await runProgram(process.execPath, parameters, {
    env: { PATH, NODE_COMPILE_CACHE: join(folder, 'compiled'), ...env },
  })
  return status === 0 ? [] : [`rebuild --check ended with ${status}: ${(stdout + stderr).trim()}`]
}

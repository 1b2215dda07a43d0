import { describe, expect, it } from '@jest/globals'
import { deadlineIn } from '../../connectors/shopify/hands/deadline.ts'
import { createPoints, type Points, type Priority } from '../../connectors/shopify/hands/points.ts'

const status = (currentlyAvailable: number, restoreRate = 100, maximumAvailable = 2_000) => ({
  currentlyAvailable,
  restoreRate,
  maximumAvailable,
})

/** A bucket of which an answer has said how much is in it; without a clock its time stands still. */
async function pointsWith(
  available: number,
  now: () => number = () => 0,
  restoreRate?: number,
): Promise<Points> {
  const points = createPoints(now)
  await points.take(1, 'setup', deadlineIn(60_000))
  points.spent(1, status(available, restoreRate))
  return points
}

const real = () => performance.now()

const take = (points: Points, cost: number, priority: Priority = 'setup', ms = 60_000) =>
  points.take(cost, priority, deadlineIn(ms))

describe('the points of an app in a shop', () => {
  it('are asked for without waiting while nobody knows how many there are', async () => {
    expect(await take(createPoints(), 1_000)).toBeNull()
  })

  it('are waited for as long as (requested − available) / restore rate says', async () => {
    const points = await pointsWith(10, real)
    const before = performance.now()
    expect(await take(points, 40)).toBeNull()
    expect(performance.now() - before).toBeGreaterThan(280)
  })

  it('are not waited for beyond the deadline: at once it is said how long it would take', async () => {
    const points = await pointsWith(0)
    expect(await take(points, 1_000, 'setup', 1_000)).toBe(10_000)
  })

  it('are reckoned with what is under way, not only with what answers said', async () => {
    const points = await pointsWith(100)
    expect(await take(points, 60)).toBeNull()
    expect(await take(points, 60, 'setup', 100)).toBeGreaterThan(100)
  })

  it('are what the last answer says, less what is under way: others spend too', async () => {
    const points = await pointsWith(2_000)
    await take(points, 100)
    await take(points, 50)
    // another process has spent the rest
    points.spent(100, status(60))
    expect(await take(points, 30, 'setup', 100)).toBeGreaterThan(100)
  })

  it('are given back by a request that was refused or came to nothing', async () => {
    const points = await pointsWith(100)
    await take(points, 90)
    points.spent(90, null)
    expect(await take(points, 90, 'setup', 100)).toBeNull()
  })

  it('never wait for more than the bucket holds', async () => {
    const points = await pointsWith(2_000)
    expect(await take(points, 5_000)).toBeNull()
  })

  it('go to coupons before setup, and to setup before the past, whoever came first', async () => {
    const points = await pointsWith(0, real)
    const done: string[] = []
    const ask = (name: string, priority: Priority) =>
      take(points, 10, priority).then((wait) => done.push(`${name} ${wait}`))
    points.spent(0, status(990, 100, 2_000))
    const all = [ask('past', 'backfill')]
    points.spent(0, status(0, 100, 40))
    all.push(ask('setup', 'setup'), ask('coupon', 'coupon'), ask('coupon 2', 'coupon'))
    await Promise.all(all)
    expect(done).toEqual(['coupon null', 'coupon 2 null', 'setup null', 'past null'])
  })

  it('are half left to others by whoever reads the past', async () => {
    const points = await pointsWith(1_050)
    expect(await take(points, 50, 'backfill', 200)).toBeNull()
    expect(await take(points, 50, 'backfill', 200)).toBeGreaterThan(200)
    expect(await take(points, 50, 'coupon', 200)).toBeNull()
  })

  it('are no longer waited for by somebody who gave up, and the next one goes', async () => {
    const points = await pointsWith(0, real, 100)
    const quits = new AbortController()
    // its turn would come long after this test has ended
    const first = points.take(100_000, 'setup', deadlineIn(3_600_000, quits.signal))
    points.spent(0, status(0, 100, 1_000_000))
    const second = take(points, 20)
    quits.abort()
    expect(await first).toBeGreaterThan(0)
    expect(await second).toBeNull()
  })
})

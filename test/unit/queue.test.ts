import { describe, expect, it } from '@jest/globals'
import { UnrecoverableError } from 'bullmq'
import fc from 'fast-check'
import { AppError } from '../../src/errors.ts'
import { BACKOFF_CAP_MS, retryDelayMs } from '../../src/queue/backoff.ts'
import { createJobCollector } from '../../src/queue/job-collector.ts'
import { JobFailure, toJobError } from '../../src/queue/job-error.ts'
import { jobIdOf, keyPrefix, payloadOf } from '../../src/queue/names.ts'
import { repeat } from '../../src/queue/repeat.ts'

const triesMade = fc.integer({ min: 1, max: 40 })
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

describe('the delay before a retry', () => {
  it('doubles from one second, between half and all of it', () => {
    expect([1, 2, 3, 4].map((tries) => retryDelayMs(tries, undefined, () => 0))).toEqual([
      500, 1_000, 2_000, 4_000,
    ])
    expect([1, 2, 3, 4].map((tries) => retryDelayMs(tries, undefined, () => 1 - 2 ** -53))).toEqual([
      1_000, 2_000, 4_000, 8_000,
    ])
  })

  it('stays within its jitter and never exceeds fifteen minutes', () => {
    fc.assert(
      fc.property(triesMade, chance, (tries, random) => {
        const ceilingMs = Math.min(15 * 60_000, 1_000 * 2 ** (tries - 1))
        const delayMs = retryDelayMs(tries, undefined, () => random)
        expect(delayMs).toBeGreaterThanOrEqual(ceilingMs / 2)
        expect(delayMs).toBeLessThanOrEqual(ceilingMs)
      }),
    )
  })

  it('differs between jobs that failed together', () => {
    const delays = Array.from({ length: 50 }, () => retryDelayMs(9, undefined, Math.random))
    expect(new Set(delays).size).toBeGreaterThan(40)
  })

  it('is at least what the failure asked for, and at most fifteen minutes', () => {
    fc.assert(
      fc.property(triesMade, fc.integer({ min: 1, max: 3_600_000 }), chance, (tries, askedMs, random) => {
        const delayMs = retryDelayMs(tries, askedMs, () => random)
        expect(delayMs).toBeGreaterThanOrEqual(Math.min(askedMs, BACKOFF_CAP_MS))
        expect(delayMs).toBeLessThanOrEqual(BACKOFF_CAP_MS)
        expect(delayMs).toBeGreaterThanOrEqual(retryDelayMs(tries, undefined, () => random))
      }),
    )
  })
})

describe('what BullMQ is told of a failure', () => {
  it('ends the job for an error that a repetition cannot mend', () => {
    const error = toJobError(new AppError('NOT_FOUND', 'no delivery item has the id 7'))
    expect(error).toBeInstanceOf(UnrecoverableError)
    expect(error.message).toBe('NOT_FOUND: no delivery item has the id 7')
  })

  it('keeps the time after which a retryable error may be tried again', () => {
    const error = toJobError(new AppError('STORE_BUSY', 'busy', { retryAfterMs: 7_000 }))
    expect(error).toBeInstanceOf(JobFailure)
    expect((error as JobFailure).retryAfterMs).toBe(7_000)
  })

  it('leaves out the message of any other error, also in the stack', () => {
    const cause = Object.assign(new Error('E11000 dup key: { email: "ada@example.com" }\nand more'), {
      code: 11000,
    })
    const error = toJobError(cause)
    expect(error.message).toBe('Error (11000)')
    expect(error.stack).toMatch(/^Error \(11000\)\n {4}at /)
    expect(`${error.stack}`).not.toContain('ada@example.com')
  })
})

describe('names in Redis', () => {
  it('gives each queue a hash tag of its own', () => {
    expect(keyPrefix('activity')).toBe('{streakline-activity}')
    expect(keyPrefix('reward', 'x')).toBe('{x-reward}')
  })

  it('makes the job id of the row or its batch, and the attempt', () => {
    const items = [{ accountId: 'a', deliveryId: 'd', itemId: '123' }]
    expect(jobIdOf('activity', { batchId: null, attempt: 0, items })).toBe('act-123-0')
    expect(jobIdOf('activity', { batchId: 'b', attempt: 0, items })).toBe('act-b-0')
    expect(jobIdOf('reward', { accountId: 'a', rewardLogId: 'r', attempt: 3 })).toBe('rew-r-3')
  })

  it('takes nothing but ids into the payload', () => {
    const ids = { accountId: 'a', deliveryId: 'd', itemId: 'i' }
    const wide = { batchId: null, attempt: 1, items: [{ ...ids, email: 'ada@example.com' }], orderId: '1' }
    expect(payloadOf('activity', wide)).toEqual({ batchId: null, attempt: 1, items: [ids] })
    const reward = { accountId: 'a', rewardLogId: 'r', attempt: 1, couponCode: 'SECRET' }
    expect(payloadOf('reward', reward)).toEqual({ accountId: 'a', rewardLogId: 'r', attempt: 1 })
  })
})

describe('gathering calls into batches', () => {
  it('sends what is pushed in one turn together, in order, in batches of the maximum', async () => {
    const batches: number[][] = []
    const collector = createJobCollector<number>({
      maxBatch: 4,
      maxWaiting: 100,
      send: async (batch) => void batches.push([...batch]),
    })
    await Promise.all([
      collector.push([1]),
      collector.push([2, 3, 4, 5, 6]),
      collector.push([7]),
      collector.push([]),
    ])
    expect(batches).toEqual([
      [1, 2, 3, 4],
      [5, 6, 7],
    ])
  })

  it('has one batch under way at a time', async () => {
    let under = 0
    let most = 0
    const send = async () => {
      most = Math.max(most, ++under)
      await new Promise(setImmediate)
      under -= 1
    }
    const collector = createJobCollector<number>({ maxBatch: 2, maxWaiting: 100, send })
    await Promise.all([1, 2, 3, 4, 5].map((n) => collector.push([n])))
    expect(most).toBe(1)
  })

  it('fails the calls of a batch that fails and no others', async () => {
    const send = async (batch: readonly string[]) => {
      if (batch.includes('bad')) throw new Error('refused')
    }
    const collector = createJobCollector<string>({ maxBatch: 2, maxWaiting: 100, send })
    const calls = [['a', 'b'], ['bad', 'c', 'd'], ['e']].map((entries) => collector.push(entries))
    const outcomes = await Promise.allSettled(calls)
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })

  it('refuses what would wait beyond the limit', async () => {
    const release = Promise.withResolvers<void>()
    const collector = createJobCollector<number>({ maxBatch: 1, maxWaiting: 2, send: () => release.promise })
    const taken = collector.push([1, 2])
    await expect(collector.push([3])).rejects.toThrow('2 entries wait already, at most 2 may')
    release.resolve()
    await taken
  })
})

describe('a repetition', () => {
  it('never overlaps itself and outlives what it throws', async () => {
    let under = 0
    let most = 0
    let count = 0
    const errors: unknown[] = []
    const fourRuns = Promise.withResolvers<void>()
    const run = async () => {
      most = Math.max(most, ++under)
      await new Promise(setImmediate)
      under -= 1
      if (++count === 4) fourRuns.resolve()
      throw new Error(`run ${count}`)
    }
    const repetition = repeat(1, run, (error) => void errors.push(error))
    await fourRuns.promise
    await repetition.stop()
    expect({ most, errors: errors.length }).toEqual({ most: 1, errors: count })
  })

  it('does not run again once it is stopped', async () => {
    let count = 0
    const stopped = repeat(
      1,
      async () => void count++,
      () => {},
    )
    await stopped.stop()
    const countAtStop = count
    let others = 0
    const threeRuns = Promise.withResolvers<void>()
    const other = repeat(
      1,
      async () => void (++others === 3 && threeRuns.resolve()),
      () => {},
    )
    await threeRuns.promise
    await other.stop()
    expect(count).toBe(countAtStop)
  })

  it('waits for the run under way when it is stopped', async () => {
    let done = false
    const repetition = repeat(
      1,
      async () => {
        await new Promise(setImmediate)
        done = true
      },
      () => {},
    )
    await repetition.stop()
    expect(done).toBe(true)
  })
})

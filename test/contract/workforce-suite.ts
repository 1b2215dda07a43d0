import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { openRedisLink, type RedisLink } from '../../src/queue/redis-link.ts'
import { joinWorkforce, type LiveWorkforce } from '../../src/queue/workforce.ts'
import type { TestRedis } from '../helpers/redis-server.ts'
import { until } from '../helpers/until.ts'

const OPEN_WITHIN_MS = 300_000

/** The standing of worker processes on whatever kind of Redis: the same suite for each. */
export function describeWorkforce(name: string, open: () => Promise<TestRedis>): void {
  describe(`the workforce on ${name}`, () => {
    let redis: TestRedis
    let links: RedisLink[] = []
    let joined: LiveWorkforce[] = []

    beforeAll(async () => {
      redis = await open()
    }, OPEN_WITHIN_MS)
    afterAll(() => redis.stop())
    afterEach(async () => {
      await Promise.all(joined.map((each) => each.close()))
      for (const link of links) link.close()
      links = []
      joined = []
      await redis.flush()
    })

    /** Others are taken to have ended after 600 ms of silence. */
    function join(livesMs = 600): LiveWorkforce {
      const link = openRedisLink({ redisUrl: redis.url, role: 'producer' })
      links.push(link)
      const workforce = joinWorkforce({ link, prefix: redis.prefix, beatMs: 50, livesMs })
      joined.push(workforce)
      return workforce
    }

    const places = (...all: LiveWorkforce[]) => all.map((each) => each.standing()?.place)
    const sizes = (...all: LiveWorkforce[]) => all.map((each) => each.standing()?.size)

    describe('the worker processes of an installation', () => {
      it('are one that is sure at once where it is alone', async () => {
        const only = join()
        await until(async () => only.standing() !== null)
        expect(only.standing()).toEqual({ place: 0, size: 1 })
      })

      it('share out their places once they know of each other; who joins waits until then', async () => {
        const first = join()
        await until(async () => first.standing() !== null)
        const second = join()
        // the first has less as soon as it hears of the second, which has nothing yet
        await until(async () => first.standing()?.size === 2)
        expect(second.standing()).toBeNull()
        await until(async () => second.standing() !== null)
        expect(sizes(first, second)).toEqual([2, 2])
        expect(places(first, second).toSorted()).toEqual([0, 1])
      })

      it('take over the places of one that left, and of one that fell silent', async () => {
        const first = join()
        const second = join()
        await until(async () => first.standing()?.size === 2 && second.standing()?.size === 2)
        await second.close()
        await until(async () => first.standing()?.size === 1)
        const third = join()
        await until(async () => first.standing()?.size === 2)
        links.at(-1)!.close()
        await until(async () => first.standing()?.size === 1)
        expect(third.standing()).not.toEqual({ place: 0, size: 1 })
      })

      it('keep to what they knew while everybody has to be heard again, when Redis lost everything', async () => {
        const first = join()
        const second = join()
        await until(async () => first.standing()?.size === 2 && second.standing()?.size === 2)
        const before = places(first, second)
        await redis.flush()
        await until(async () => sizes(first, second).every((size) => size === 2))
        expect(places(first, second)).toEqual(before)
      })
    })
  })
}

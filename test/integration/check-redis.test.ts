import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { checkRedis } from '../../src/queue/check-redis.ts'
import { absentRedis, command, redisForTests, type TestRedis } from '../helpers/redis-server.ts'

let redis: TestRedis

beforeAll(async () => {
  redis = await redisForTests({ controllable: true })
})
afterAll(() => redis.stop())
afterEach(async () => {
  await set('maxmemory-policy', 'noeviction')
  await set('appendonly', 'yes')
})

const set = (name: string, value: string) => command(redis.url, (client) => client.config('SET', name, value))

describe('the check of Redis at start-up', () => {
  it('is content with an append-only file and no eviction', async () => {
    expect(await checkRedis(redis.url)).toEqual({ ok: true, warnings: [] })
  })

  it('is not when jobs may be evicted', async () => {
    await set('maxmemory-policy', 'allkeys-lru')
    expect(await checkRedis(redis.url)).toEqual({
      ok: false,
      warnings: ['Redis has maxmemory-policy=allkeys-lru and may throw jobs away; set it to noeviction.'],
    })
  })

  it('warns when jobs do not survive a restart', async () => {
    await set('appendonly', 'no')
    expect(await checkRedis(redis.url)).toEqual({
      ok: true,
      warnings: [
        'Redis has appendonly=no and forgets jobs when it restarts; set it to yes (jobs are queued again, later).',
      ],
    })
  })

  it.each([
    { forbidden: ['-config'], unchecked: [] },
    { forbidden: ['-info'], unchecked: [] },
    { forbidden: ['-config', '-info'], unchecked: ['maxmemory-policy', 'appendonly'] },
  ])('says what it could not check with $forbidden', async ({ forbidden, unchecked }) => {
    const rules = ['on', '>secret', '~*', '&*', '+@all', ...forbidden]
    await command(redis.url, (client) => client.call('ACL', 'SETUSER', 'managed', 'reset', ...rules))
    const { ok, warnings } = await checkRedis(redis.url.replace('//', '//managed:secret@'))
    expect(ok).toBe(true)
    expect(warnings).toEqual(
      unchecked.map((name) =>
        expect.stringContaining(`Redis does not tell its ${name}; it could not be checked.`),
      ),
    )
  })

  it('says that Redis cannot be reached, without the password', async () => {
    const absent = await absentRedis()
    const { ok, warnings } = await checkRedis(absent.url.replace('//', '//:very-secret@'))
    expect(ok).toBe(false)
    expect(warnings).toEqual([
      expect.stringMatching(/^Redis cannot be reached: .*ECONNREFUSED.*\. Webhooks are stored/),
    ])
    expect(warnings.join()).not.toContain('very-secret')
    await absent.stop()
  })

  it('says that the password is wrong', async () => {
    const { ok, warnings } = await checkRedis(redis.url.replace('//', '//nobody:wrong@'))
    expect(ok).toBe(false)
    expect(warnings.join()).toMatch(/^Redis cannot be reached: WRONGPASS/)
  })

  it('says that servers named as a cluster are none', async () => {
    const { ok, warnings } = await checkRedis(`${redis.url},${redis.url}`)
    expect(ok).toBe(false)
    expect(warnings).toEqual([
      expect.stringMatching(
        /^REDIS_URL names several nodes, but Redis at 127\.0\.0\.1:\d+ is none of a cluster/,
      ),
    ])
  })
})

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type AbsentRedis, absentRedis } from '../helpers/redis-server.ts'
import { type RunningApp, runApp } from '../helpers/running-app.ts'
import { type ScriptedServer, startScriptedServer } from '../helpers/scripted-server.ts'
import { until } from '../helpers/until.ts'
import { verify } from '../helpers/webhook-rig.ts'

const WITHIN_MS = 120_000
const RECOVERY_MS = 120_000

interface Endpoint {
  readonly id: string
  readonly secret: string
}

/** The whole program, with a Redis that may be away. */
describe('outgoing webhooks of the running program', () => {
  let redis: AbsentRedis
  let app: RunningApp
  let receiver: ScriptedServer
  let streak: { readonly id: string }
  let serial = 0

  beforeEach(async () => {
    redis = await absentRedis()
    receiver = await startScriptedServer((response, { path }) => {
      // a slow one keeps whoever asks waiting
      if (path !== '/slow') response.writeHead(204).end()
    })
    app = await runApp({ redisUrl: redis.url, httpProviderAllow: [receiver.host] })
    streak = await app.call('POST', '/schema/streak/record', {
      name: 'a purchase a day',
      status: 'live',
      aggregationMethod: 'count',
      aggregationTargetValue: 1,
    })
    await app.call('POST', '/schema/milestone/record', {
      linkedSchemaRecordId: streak.id,
      name: 'the first',
      milestoneTargetValue: 1,
      status: 'live',
    })
  })
  afterEach(async () => {
    await app.stop()
    await receiver.stop()
    await redis.stop()
  })

  const endpoint = (path: string): Promise<Endpoint> =>
    app.call('POST', '/schema/webhook_endpoint/record', {
      url: `http://${receiver.host}${path}`,
      events: ['milestone.achieved'],
    })
  const happen = () =>
    app.call('POST', '/schema/streak_log/record', {
      streakId: streak.id,
      ownedBy: { externalId: `member ${++serial}` },
      activityId: 'made_a_purchase',
      uniqueIdentifier: `order ${serial}`,
      activityAt: new Date().toISOString(),
    })
  const came = (path: string) => receiver.seen.filter((request) => request.path === path)

  it('arrive, signed, also what happened while Redis was away', async () => {
    const { secret } = await endpoint('/fast')
    await happen()
    await redis.start()
    await until(() => came('/fast').length === 1, RECOVERY_MS)
    await happen()
    await until(() => came('/fast').length === 2, WITHIN_MS)
    for (const request of came('/fast')) expect(() => verify(secret, request)).not.toThrow()
    expect(new Set(came('/fast').map(({ headers }) => headers['webhook-id'])).size).toBe(2)
  })

  it('to a slow endpoint delay none to another', async () => {
    await redis.start()
    await endpoint('/slow')
    await endpoint('/fast')
    const members = 40
    await Promise.all(Array.from({ length: members }, happen))
    await until(() => came('/fast').length === members, RECOVERY_MS)
    // four are under way and answered by nobody
    expect(came('/slow').length).toBeLessThanOrEqual(4)
  })
})

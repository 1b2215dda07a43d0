import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { insert } from '../../src/ports/changes.ts'
import { row } from '../contract/store/rows.ts'
import { type Answer, type Api, type Body, type Client, interruptedStore, startApi } from '../helpers/api.ts'

let api: Api
let admin: Client
let other: Client
let serial = 0

beforeAll(async () => {
  api = await startApi()
  admin = await api.account('providers')
  other = await api.account('not yours')
})
afterAll(() => api.close())

const refusal = ({ status, body }: Answer) => [status, body?.error?.code]
const IN_USE = [409, 'PROVIDER_IN_USE']
const pathOf = (slug: string, { id }: Body) => `/schema/${slug}/record/${id}`
const remove = (provider: Body, client = admin) => client.delete(pathOf('coupon_provider', provider))
const rewardOf = ({ id }: Body, percentage = 10) => ({ providerId: id, discount: { percentage } })

const poolOf = (): Promise<Body> =>
  admin.create('coupon_provider', { name: `pool ${++serial}`, provider: 'pool' })
const streakOf = (): Promise<Body> =>
  admin.create('streak', {
    name: 's',
    status: 'live',
    aggregationMethod: 'count',
    aggregationTargetValue: 1,
  })
const milestoneBody = (streak: Body, fields: object) => ({
  linkedSchemaRecordId: streak.id,
  name: 'ten percent',
  milestoneTargetValue: 1,
  status: 'live',
  ...fields,
})
const milestoneOf = (streak: Body, fields: object): Promise<Body> =>
  admin.create('milestone', milestoneBody(streak, fields))
const changeReward = (milestone: Body, reward: object | null, client = admin) =>
  client.patch(pathOf('milestone', milestone), { reward })
const logOn = (streak: Body, client = admin) =>
  client.create('streak_log', {
    streakId: streak.id,
    ownedBy: { externalId: `member ${++serial}` },
    activityAt: '2026-11-22T10:00:00Z',
    activityId: 'visit',
    uniqueIdentifier: 'one',
  })

/** Acts through another way into the same store, in whose next write `first` happens. */
async function justAfter<T>(first: () => Promise<unknown>, act: (client: Client) => Promise<T>) {
  const store = interruptedStore(api.store)
  const slow = await startApi({ store, secretBox: api.deps.secretBox })
  store.beforeCommit(first)
  try {
    return await act(slow.as(admin))
  } finally {
    await slow.close()
  }
}

describe('deleting a coupon provider', () => {
  it('is possible while nothing uses it', async () => {
    const pool = await poolOf()
    expect((await remove(pool, other)).status).toBe(404)
    expect(await remove(pool)).toMatchObject({ status: 204, text: '' })
    expect((await admin.get(pathOf('coupon_provider', pool))).status).toBe(404)
    expect((await remove(pool)).status).toBe(404)
    const again = await admin.create('coupon_provider', { name: pool.name, provider: 'pool' })
    expect((await remove(again)).status).toBe(204)
  })

  it.each(['draft', 'live', 'paused'])('is refused while a %s milestone names it', async (status) => {
    const [pool, next] = [await poolOf(), await poolOf()]
    const milestone = await milestoneOf(await streakOf(), { status, reward: rewardOf(pool) })
    const answer = await remove(pool)
    expect(refusal(answer)).toEqual(IN_USE)
    expect(answer.body.error.message).toContain(`"ten percent" (${milestone.id})`)
    await changeReward(milestone, rewardOf(next))
    expect((await remove(pool)).status).toBe(204)
    await changeReward(milestone, null)
    expect((await remove(next)).status).toBe(204)
  })

  it('is possible once the milestone that named it is gone', async () => {
    const pool = await poolOf()
    const milestone = await milestoneOf(await streakOf(), { reward: rewardOf(pool) })
    expect((await admin.delete(pathOf('milestone', milestone))).status).toBe(204)
    expect((await remove(pool)).status).toBe(204)
  })

  it('is refused for ever once rewards were granted that name it', async () => {
    const pool = await poolOf()
    const streak = await streakOf()
    const milestone = await milestoneOf(streak, { reward: rewardOf(pool) })
    await logOn(streak)
    await changeReward(milestone, rewardOf(pool, 20))
    expect((await remove(pool)).body.error.message).toContain(milestone.id)
    expect((await changeReward(milestone, null)).status).toBe(200)
    const answer = await remove(pool)
    expect(refusal(answer)).toEqual(IN_USE)
    expect(answer.body.error.message).toContain('rewards were granted')
    expect((await admin.patch(pathOf('coupon_provider', pool), { name: `kept ${++serial}` })).status).toBe(
      200,
    )
  })

  it('is refused while its pool has codes, and for ever once it gave one out', async () => {
    const pool = await poolOf()
    const codes = [`FREE-${++serial}`, `USED-${++serial}`]
    const [free, used] = await admin.create('coupon_code', { providerId: pool.id, codes })
    expect(refusal(await remove(pool))).toEqual(IN_USE)
    const streak = await streakOf()
    await milestoneOf(streak, {})
    const { achievedMilestoneRewardLog } = await logOn(streak)
    const manual = pathOf('reward_log', achievedMilestoneRewardLog)
    expect((await admin.patch(manual, { couponCode: codes[1] })).status).toBe(200)
    expect((await admin.delete(pathOf('coupon_code', free))).status).toBe(204)
    expect(refusal(await admin.delete(pathOf('coupon_code', used)))).toEqual([409, 'CODE_IN_USE'])
    const answer = await remove(pool)
    expect(refusal(answer)).toEqual(IN_USE)
    expect(answer.body.error.message).toContain(used.id)
  })

  it('is possible again once all its unused codes are gone', async () => {
    const pool = await poolOf()
    const [code] = await admin.create('coupon_code', { providerId: pool.id, codes: [`ONLY-${++serial}`] })
    expect((await admin.delete(pathOf('coupon_code', code))).status).toBe(204)
    expect((await remove(pool)).status).toBe(204)
  })
})

describe('a coupon provider that is deleted at the same instant', () => {
  it('is named by no milestone', async () => {
    const [pool, second] = [await poolOf(), await poolOf()]
    const streak = await streakOf()
    const orphan = await justAfter(
      () => remove(pool),
      (client) => client.post('/schema/milestone/record', milestoneBody(streak, { reward: rewardOf(pool) })),
    )
    expect(refusal(orphan)).toEqual([400, 'REFERENCE_NOT_FOUND'])
    const milestone = await milestoneOf(streak, {})
    const patched = await justAfter(
      () => remove(second),
      (client) => changeReward(milestone, rewardOf(second), client),
    )
    expect(refusal(patched)).toEqual([400, 'REFERENCE_NOT_FOUND'])
  })

  it('gets no codes', async () => {
    const pool = await poolOf()
    const answer = await justAfter(
      () => remove(pool),
      (client) =>
        client.post('/schema/coupon_code/record', { providerId: pool.id, codes: [`LATE-${++serial}`] }),
    )
    // whichever way in uploads, the store it writes to is the interrupted one
    expect(refusal(answer)).toEqual([400, 'REFERENCE_NOT_FOUND'])
  })

  it('stays when a milestone, or codes, come in the instant before', async () => {
    const [named, stocked] = [await poolOf(), await poolOf()]
    const streak = await streakOf()
    const first = await justAfter(
      () => milestoneOf(streak, { reward: rewardOf(named) }),
      (client) => remove(named, client),
    )
    expect(refusal(first)).toEqual(IN_USE)
    const second = await justAfter(
      () => admin.create('coupon_code', { providerId: stocked.id, codes: [`EARLY-${++serial}`] }),
      (client) => remove(stocked, client),
    )
    expect(refusal(second)).toEqual(IN_USE)
  })

  it('is asked for no coupon: the first reward keeps its milestone, and that keeps it', async () => {
    const pool = await poolOf()
    const streak = await streakOf()
    const milestone = await milestoneOf(streak, { reward: rewardOf(pool) })
    // the reward is granted while the milestone turns away and its provider goes
    const log = await justAfter(
      async () => {
        expect((await changeReward(milestone, null)).status).toBe(200)
        expect((await remove(pool)).status).toBe(204)
      },
      (client) => logOn(streak, client),
    )
    expect(log.achievedMilestoneRewardLog.reward).toBeNull()
    // and once there are rewards, it may turn away but the provider stays for what is being granted
    const stays = await poolOf()
    await changeReward(milestone, rewardOf(stays))
    const late = await justAfter(
      async () => {
        expect((await changeReward(milestone, null)).status).toBe(200)
        expect(refusal(await remove(stays))).toEqual(IN_USE)
      },
      (client) => logOn(streak, client),
    )
    expect(late.achievedMilestoneRewardLog.reward.providerId).toBe(stays.id)
  })
})

describe('a coupon provider', () => {
  it.each([
    [{ connectorId: '01890000-0000-7000-8000-000000000000' }, 'INVALID_INPUT', 'connectorId'],
    [{ hasRewards: false }, 'UNKNOWN_FIELD', 'hasRewards'],
    [{ credentials: { signingSecret: 'x' } }, 'INVALID_INPUT', 'credentials'],
    [{ settings: { url: 'https://example.com' } }, 'UNKNOWN_FIELD', 'settings.url'],
    [{ name: null }, 'INVALID_INPUT', 'name'],
  ])('of a pool is not changed by %j', async (patch, code, path) => {
    const pool = await poolOf()
    const answer = await admin.patch(pathOf('coupon_provider', pool), patch)
    expect(refusal(answer)).toEqual([400, code])
    expect(answer.body.error.details[0].path).toBe(path)
    expect((await admin.get(pathOf('coupon_provider', pool))).body.data).toEqual(pool)
  })
})

describe('how a coupon provider fares', () => {
  const at = Date.parse('2026-11-22T09:00:00Z')
  const lastError = { code: 'PROVIDER_TIMEOUT', message: 'the coupon service did not answer in time', at }

  async function paused(): Promise<Body> {
    const pool = await poolOf()
    const [stored] = await api.store.findByKeys('coupon_provider', ['id'], [[pool.id]])
    const state = {
      id: pool.id,
      accountId: stored!.accountId,
      state: 'paused',
      since: at,
      lastError,
    } as const
    const due = { ...state, dueAt: at + 30_000 }
    expect(await api.store.commit([insert('provider_state', row('provider_state', due))])).toEqual({
      outcome: 'committed',
    })
    return pool
  }

  it('is told by its health, from the first on', async () => {
    const made = await poolOf()
    expect(made.health).toEqual({
      state: 'ok',
      since: made.createdAt,
      lastError: null,
      waiting: 0,
      oldestWaitingAt: null,
    })
    const { id } = await paused()
    const read = await admin.get(`/schema/coupon_provider/record/${id}`)
    expect(read.body.data.health).toMatchObject({
      state: 'paused',
      since: '2026-11-22T09:00:00.000Z',
      lastError: { ...lastError, at: '2026-11-22T09:00:00.000Z' },
    })
  })

  it('is well again when its account says so, and nobody else can', async () => {
    const { id } = await paused()
    const path = `/schema/coupon_provider/record/${id}/resume`
    expect((await other.post(path, {})).status).toBe(404)
    expect((await admin.post(path, { now: true })).status).toBe(400)
    const answer = await admin.post(path, {})
    expect(answer.status).toBe(200)
    expect(answer.body.data).toMatchObject({ id, health: { state: 'ok' } })
    const again = await admin.post(path, {})
    expect(again.body.data.health).toEqual(answer.body.data.health)
  })
})

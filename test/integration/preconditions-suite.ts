import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createResources } from '../../src/http/resources.ts'
import type { Store } from '../../src/ports/store.ts'
import { type Api, type Body, type Client, interruptedStore, startApi } from '../helpers/api.ts'
import { endUserToken } from '../helpers/end-user-token.ts'

/** Patches that are made only if nobody was faster, on one kind of store, over HTTP. */
export function describePreconditions(
  kind: string,
  open: () => Promise<{ store: Store; close(): Promise<unknown> }>,
): void {
  describe(`patches with If-Match on ${kind}`, () => {
    let opened: Awaited<ReturnType<typeof open>>
    let store: ReturnType<typeof interruptedStore>
    let api: Api
    let shop: Client
    let streak: Body

    beforeAll(async () => {
      opened = await open()
      store = interruptedStore(opened.store)
      api = await startApi({ store })
      shop = await api.account('shop')
      streak = await shop.create('streak', {
        name: 'each day',
        aggregationMethod: 'count',
        aggregationTargetValue: 1,
      })
    })
    afterAll(async () => {
      await api.close()
      await opened.close()
    })

    const path = (slug: string, id: string) => `/schema/${slug}/record/${id}`
    const ofStreak = () => path('streak', streak.id)
    const tagOf = async (at = ofStreak()) => (await shop.get(at)).headers.get('etag')
    const patch = (ifMatch: string | null, fields: object, at = ofStreak()) =>
      api.send(at, {
        method: 'PATCH',
        headers: {
          ...shop.headers,
          'content-type': 'application/json',
          ...(ifMatch === null ? {} : { 'if-match': ifMatch }),
        },
        body: JSON.stringify(fields),
      })
    const name = async () => (await shop.get(ofStreak())).body.data.name

    it('are made with the tag of now, and answer the next one', async () => {
      const tag = await tagOf()
      expect(tag).toMatch(/^"\d+"$/)
      const answer = await patch(tag, { name: 'first' })
      expect([answer.status, answer.body.data.name]).toEqual([200, 'first'])
      const next = answer.headers.get('etag')
      expect(next).not.toBe(tag)
      expect(await tagOf()).toBe(next)
      const again = await patch(next, { name: 'first' })
      expect([again.status, again.headers.get('etag')]).toEqual([200, next])
    })

    it('are refused with the tag of before, and change nothing, whatever they say', async () => {
      const tag = await tagOf()
      await patch(null, { name: 'theirs' })
      for (const fields of [{ name: 'mine' }, { name: 'theirs' }, {}, { description: 'mine' }]) {
        const { status, body } = await patch(tag, fields)
        expect([status, body.error.code]).toEqual([412, 'PRECONDITION_FAILED'])
      }
      expect((await shop.get(ofStreak())).body.data).toMatchObject({ name: 'theirs', description: '' })
    })

    it('are refused where somebody is faster while they are made', async () => {
      const tag = await tagOf()
      store.beforeCommit(() => patch(null, { name: 'faster' }))
      expect((await patch(tag, { name: 'slower' })).status).toBe(412)
      expect(await name()).toBe('faster')
      // who does not ask for it comes last, as ever
      store.beforeCommit(() => patch(null, { name: 'faster again' }))
      expect((await patch(null, { name: 'last' })).status).toBe(200)
      expect(await name()).toBe('last')
    })

    it('of many at once with one tag are made once', async () => {
      const tag = await tagOf()
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, at) => patch(tag, { name: `writer ${at}` })),
      )
      const statuses = answers.map(({ status }) => status).sort()
      expect(statuses).toEqual([200, ...Array.from({ length: 7 }, () => 412)])
      expect(await name()).toBe(answers.find(({ status }) => status === 200)!.body.data.name)
    })

    it('take several tags, and any', async () => {
      const tag = await tagOf()
      expect((await patch(`"999", ${tag}`, { name: 'one of two' })).status).toBe(200)
      expect((await patch('*', { name: 'any' })).status).toBe(200)
      expect(await name()).toBe('any')
    })

    it('say what is wrong with the header, and with one that nobody looks at', async () => {
      const tag = await tagOf()
      const many = Array.from({ length: 11 }, () => tag).join(',')
      for (const wrong of ['7', 'W/"7"', '"x"', '"1" "2"', '', many]) {
        const { status, body } = await patch(wrong, { name: 'wrong' })
        expect([wrong, status, body.error.details[0].path]).toEqual([wrong, 400, 'If-Match'])
      }
      const id = '018f0000-0000-7000-8000-000000000000'
      const answer = await patch('"1"', { couponCode: 'X' }, path('reward_log', id))
      expect([answer.status, answer.body.error.details[0].path]).toEqual([400, 'If-Match'])
      expect((await patch('"1"', { name: 'x' }, path('streak', id))).status).toBe(404)
    })

    it('say nothing of members who were erased', async () => {
      const member = await shop.create('account_user', { externalId: 'somebody' })
      const at = path('account_user', member.id)
      expect((await patch(await tagOf(at), { firstName: 'Ada' }, at)).status).toBe(200)
      expect((await patch('"1"', { firstName: 'Eve' }, at)).status).toBe(412)
      await shop.delete(at)
      for (const tag of ['"1"', '*', null])
        expect((await patch(tag, { firstName: 'Eve' }, at)).status).toBe(404)
    })

    it('are known by every record that goes by a revision, and shown to backends alone', async () => {
      const tagged = createResources(api.deps).filter(({ isTagged }) => isTagged)
      expect(tagged.map(({ slug }) => slug).sort()).toEqual([
        ...['account', 'account_user', 'api_key', 'connector', 'coupon_provider'],
        ...['milestone', 'streak', 'webhook_endpoint'],
      ])
      await shop.create('milestone', {
        linkedSchemaRecordId: streak.id,
        name: 'm',
        milestoneTargetValue: 1,
        reward: null,
      })
      await shop.create('connector', { name: 'c', platform: 'stripe', status: 'draft' })
      await shop.create('coupon_provider', { name: 'p', provider: 'pool' })
      await shop.create('account_user', { externalId: 'another' })
      await shop.create('webhook_endpoint', { url: 'https://example.com/', events: ['reward.issued'] })
      for (const { slug } of tagged) {
        const [record] = (await shop.list(slug)).body.data
        const at = path(slug, record.id)
        const tag = await tagOf(at)
        expect([slug, tag]).toEqual([slug, expect.stringMatching(/^"\d+"$/)])
        expect([slug, (await patch('"999999"', {}, at)).status]).toEqual([slug, 412])
        expect([slug, (await patch(tag, {}, at)).status]).toEqual([slug, 200])
      }
      await patch(null, { status: 'live' })
      const user = await api.send(ofStreak(), { headers: endUserHeaders() })
      expect([user.status, user.headers.get('etag')]).toEqual([200, null])
    })

    const endUserHeaders = () => {
      const { 'x-api-key': apiKey = '', 'x-api-secret': apiSecret = '' } = shop.headers
      const key = { accountId: shop.accountId, apiKey, apiSecret }
      return {
        'x-enduser-access-token': endUserToken(key, 'another', api.clock.now()),
        'x-account-id': shop.accountId,
      }
    }
  })
}

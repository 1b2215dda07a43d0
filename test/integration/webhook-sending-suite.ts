import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { Webhook } from 'standardwebhooks'
import { createWebhookSender } from '../../src/outgoing/webhook-sender.ts'
import { change } from '../../src/ports/changes.ts'
import type { Row } from '../../src/ports/schema.ts'
import type { Store } from '../../src/ports/store.ts'
import { tryOnce } from '../../src/telling/try-once.ts'
import type { Body } from '../helpers/api.ts'
import { startScriptedServer } from '../helpers/scripted-server.ts'
import {
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  openWebhookRig,
  verify,
  type WebhookRig,
} from '../helpers/webhook-rig.ts'

/** How messages reach an endpoint, or do not, on any store. */
export function describeWebhookSending(
  name: string,
  open: () => Promise<{ store: Store; close(): Promise<void> }>,
) {
  describe(`sending webhooks on ${name}`, () => {
    let rig: WebhookRig
    let store: Store
    let closeStore: () => Promise<void>
    let streak: Body
    let serial = 0

    beforeEach(async () => {
      const opened = await open()
      store = opened.store
      closeStore = opened.close
      rig = await openWebhookRig(opened.store)
      streak = await rig.admin.create('streak', {
        name: 'a purchase a day',
        status: 'live',
        aggregationMethod: 'count',
        aggregationTargetValue: 1,
      })
      await rig.admin.create('milestone', {
        linkedSchemaRecordId: streak.id,
        name: 'the first',
        description: '',
        milestoneTargetValue: 1,
        status: 'live',
      })
    })
    afterEach(async () => {
      await rig.close()
      await closeStore()
    })

    /** Has a message made for each live endpoint. */
    const happen = () =>
      rig.admin.create('streak_log', {
        streakId: streak.id,
        ownedBy: { externalId: `member ${++serial}` },
        activityId: 'made_a_purchase',
        uniqueIdentifier: `order ${serial}`,
        activityAt: new Date(rig.now()).toISOString(),
      })
    const at = (endpoint: Body) => `/schema/webhook_endpoint/record/${endpoint.id}`
    const shown = async (endpoint: Body) => (await rig.admin.get(at(endpoint))).body.data
    const last = async (): Promise<Row<'webhook_message'>> => (await rig.messages()).at(-1)!
    const answer = (status: number, headers: Record<string, string> = {}) => {
      Object.assign(rig.answering, { status, headers })
    }

    it('tries eight times, after longer and longer pauses, with the same id and body, and then gives up', async () => {
      await rig.endpoint(['milestone.achieved'])
      await happen()
      answer(500)
      const pauses: number[] = []
      for (let tries = 1; tries <= 8; tries += 1) {
        expect(await rig.sendDue()).toBe(1)
        const { dueAt, status, attempts } = await last()
        expect(attempts).toHaveLength(tries)
        expect(status).toBe(tries === 8 ? 'failed' : 'pending')
        if (dueAt === null) break
        pauses.push(dueAt - rig.now())
        rig.goTo(dueAt - 1)
        expect(await rig.sendDue()).toBe(0)
        rig.goTo(dueAt)
      }
      const nominal = [
        5_000,
        5 * MINUTE_MS,
        30 * MINUTE_MS,
        ...[2, 5, 10, 10].map((hours) => hours * HOUR_MS),
      ]
      expect(pauses).toHaveLength(nominal.length)
      for (const [index, pause] of pauses.entries()) {
        expect(pause).toBeGreaterThanOrEqual(nominal[index]! * 0.8 - 1)
        expect(pause).toBeLessThanOrEqual(nominal[index]! * 1.2 + 1)
      }
      const requests = rig.received().map(({ request }) => request)
      expect(new Set(requests.map(({ headers }) => headers['webhook-id']))).toEqual(
        new Set([(await last()).id]),
      )
      expect(new Set(requests.map(({ body }) => body)).size).toBe(1)
      expect(new Set(requests.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(8)
    })

    it('follows no redirect and keeps the first KiB of what was answered', async () => {
      await rig.endpoint(['milestone.achieved'])
      await happen()
      answer(302, { location: `${rig.receiver.url}/elsewhere` })
      rig.answering.body = 'x'.repeat(5_000)
      await rig.sendDue()
      expect(rig.received()).toHaveLength(1)
      const { attempts, status } = await last()
      expect(status).toBe('pending')
      expect(attempts[0]).toMatchObject({ status: 302, response: 'x'.repeat(1024) })
      expect(attempts[0]!.error).toContain('302')
    })

    it('waits as long as a busy endpoint asks, up to the next pause', async () => {
      await rig.endpoint(['milestone.achieved'])
      const pauseFor = async (status: number, seconds: number) => {
        await happen()
        answer(status, { 'retry-after': String(seconds) })
        await rig.sendDue()
        return (await last()).dueAt! - rig.now()
      }
      expect(await pauseFor(429, 60)).toBe(60_000)
      expect(await pauseFor(503, 86_400)).toBe(5 * MINUTE_MS)
      expect(await pauseFor(500, 60)).toBeLessThanOrEqual(6_000)
      expect(await pauseFor(503, 1)).toBeGreaterThanOrEqual(4_000)
    })

    it('pauses an endpoint at once that says that it is gone, and keeps what waits for it', async () => {
      const endpoint = await rig.endpoint(['milestone.achieved'])
      await happen()
      await happen()
      answer(410)
      await rig.sendDue()
      expect(rig.received()).toHaveLength(1)
      const gone = await shown(endpoint)
      expect([gone.status, gone.problem.code]).toEqual(['paused', 'ENDPOINT_GONE'])
      await happen()
      expect(await rig.messages()).toHaveLength(2)
      expect((await rig.messages()).map(({ status, dueAt }) => [status, dueAt === null])).toEqual([
        ['pending', true],
        ['pending', true],
      ])
      answer(200)
      rig.pass(DAY_MS)
      await rig.sendDue()
      expect(rig.received()).toEqual([])
      const back = await rig.admin.patch(at(endpoint), { status: 'live' })
      expect([back.body.data.status, back.body.data.problem]).toEqual(['live', null])
      expect(await rig.sendDue()).toBe(2)
      expect((await rig.messages()).map(({ status }) => status)).toEqual(['delivered', 'delivered'])
    })

    it('has nothing due while an endpoint is not live, and goes on at once when it is again, however long the next pause was', async () => {
      const endpoint = await rig.endpoint(['milestone.achieved'])
      const next = async () => (await rig.messages()).map(({ dueAt }) => dueAt)
      answer(500)
      await happen()
      for (let tries = 0; tries < 6; tries += 1) {
        await rig.sendDue()
        rig.pass(((await last()).dueAt ?? rig.now()) - rig.now())
      }
      await rig.sendDue()
      rig.received()
      expect((await last()).dueAt).toBeGreaterThan(rig.now() + 7 * HOUR_MS)
      await happen()
      await rig.admin.patch(at(endpoint), { status: 'paused' })
      expect(await next()).toEqual([null, null])
      rig.pass(MINUTE_MS)
      answer(200)
      await rig.admin.patch(at(endpoint), { status: 'live' })
      expect(await next()).toEqual([rig.now(), rig.now()])
      await rig.sendDue()
      expect(rig.received()).toHaveLength(2)
    })

    it('goes on at once with what nobody came to set aside', async () => {
      const endpoint = await rig.endpoint(['milestone.achieved'])
      answer(500)
      await happen()
      await rig.sendDue()
      const { id, accountId } = await last()
      await rig.admin.patch(at(endpoint), { status: 'paused' })
      const left = { dueAt: rig.now() + DAY_MS }
      await store.commit([change('webhook_message', { id, accountId }, {}, left)])
      rig.pass(MINUTE_MS)
      await rig.admin.patch(at(endpoint), { status: 'live' })
      expect((await last()).dueAt).toBe(rig.now())
    })

    it('goes on at once with all that waits when its endpoint is live again, also with what was to wait longer', async () => {
      const endpoint = await rig.endpoint(['milestone.achieved'])
      for (const status of [500, 500, 410]) {
        await happen()
        answer(status)
        await rig.sendDue()
      }
      answer(200)
      expect((await rig.admin.patch(at(endpoint), { status: 'live' })).status).toBe(200)
      expect((await rig.messages()).map(({ dueAt }) => dueAt)).toEqual([rig.now(), rig.now(), rig.now()])
      expect(await rig.sendDue()).toBe(3)
      expect((await rig.messages()).map(({ status }) => status)).toEqual(Array(3).fill('delivered'))
    })

    it('gives up what waited five days for its endpoint', async () => {
      const endpoint = await rig.endpoint(['milestone.achieved'])
      await happen()
      await rig.admin.patch(at(endpoint), { status: 'paused' })
      await rig.sendDue()
      rig.pass(5 * DAY_MS)
      await rig.admin.patch(at(endpoint), { status: 'live' })
      expect((await last()).status).toBe('failed')
      expect(await rig.sendDue()).toBe(0)
    })

    it('pauses an endpoint after five days of nothing but failures, counted anew by a success', async () => {
      const endpoint = await rig.endpoint(['milestone.achieved'])
      const fail = async (status: number) => {
        await happen()
        answer(status)
        await rig.sendDue()
        return (await shown(endpoint)).status
      }
      expect(await fail(500)).toBe('live')
      rig.pass(4 * DAY_MS)
      expect(await fail(200)).toBe('live')
      expect(await fail(500)).toBe('live')
      rig.pass(5 * DAY_MS - 1)
      expect(await fail(500)).toBe('live')
      rig.pass(1)
      expect(await fail(500)).toBe('paused')
      const { problem } = await shown(endpoint)
      expect(problem).toMatchObject({ code: 'ENDPOINT_DEAD', since: new Date(rig.now()).toISOString() })
    })

    it('signs with the old secret too for a day after a new one, the new one first', async () => {
      const endpoint = await rig.endpoint(['milestone.achieved'])
      const rotate = async () => (await rig.admin.post(`${at(endpoint)}/rotate`, {})).body.data
      const second = await rotate()
      expect(second).toMatchObject({ id: endpoint.id, url: endpoint.url })
      expect(second.secret).not.toBe(endpoint.secret)
      await happen()
      await rig.sendDue()
      const [both] = rig.received()
      expect(() => verify(endpoint.secret, both!.request)).not.toThrow()
      expect(() => verify(second.secret, both!.request)).not.toThrow()
      const signed = (secret: string, { headers, body }: { headers: Body; body: string }) =>
        new Webhook(secret).sign(headers['webhook-id'], new Date(headers['webhook-timestamp'] * 1000), body)
      expect(both!.request.headers['webhook-signature']).toBe(
        [second, endpoint].map(({ secret }) => signed(secret, both!.request)).join(' '),
      )
      // a third one ends the first at once
      const third = await rotate()
      await happen()
      await rig.sendDue()
      const [next] = rig.received()
      expect(next!.request.headers['webhook-signature']).toBe(
        [third, second].map(({ secret }) => signed(secret, next!.request)).join(' '),
      )
      rig.pass(DAY_MS)
      await happen()
      await rig.sendDue()
      const [alone] = rig.received()
      expect(alone!.request.headers['webhook-signature']).toBe(signed(third.secret, alone!.request))
    })

    it('sends a message again when asked, with the whole schedule, and none to an endpoint that is not live', async () => {
      const endpoint = await rig.endpoint(['milestone.achieved'])
      await happen()
      await rig.sendDue()
      const [first] = rig.received()
      const message = await last()
      const path = `/schema/webhook_message/record/${message.id}/resend`
      const again = await rig.admin.post(path, {})
      expect([again.status, again.body.data.id, again.body.data.status]).toEqual([200, message.id, 'pending'])
      answer(500)
      await rig.sendDue()
      const [second] = rig.received()
      expect(second!.request.body).toBe(first!.request.body)
      expect(second!.request.headers['webhook-id']).toBe(message.id)
      const { attempts, dueAt } = await last()
      expect([attempts.length, dueAt! - rig.now() <= 6_000]).toEqual([2, true])
      await rig.admin.patch(at(endpoint), { status: 'paused' })
      const refused = await rig.admin.post(path, {})
      expect([refused.status, refused.body.error.code]).toEqual([409, 'ENDPOINT_NOT_LIVE'])
      await rig.admin.delete(at(endpoint))
      expect((await rig.admin.post(path, {})).status).toBe(409)
    })

    it('sends a test at once, whatever the endpoint is, and changes nothing of it', async () => {
      const endpoint = await rig.endpoint(['reward.failed'], { status: 'draft' })
      const test = () => rig.admin.post(`${at(endpoint)}/test`, {})
      const good = await test()
      expect([good.status, good.body.data.status, good.body.data.type]).toEqual([
        200,
        'delivered',
        'webhook.test',
      ])
      const [sent] = rig.received()
      expect(sent!.payload).toEqual({ type: 'webhook.test', timestamp: expect.any(String), data: {} })
      expect(() => verify(endpoint.secret, sent!.request)).not.toThrow()
      expect(sent!.request.headers['webhook-id']).toBe(good.body.data.id)
      answer(410)
      const bad = await test()
      expect([bad.status, bad.body.data.status, bad.body.data.nextAttemptAt]).toEqual([200, 'failed', null])
      expect(await shown(endpoint)).toMatchObject({ status: 'draft', problem: null })
      expect(await rig.sendDue()).toBe(0)
    })

    it('counts no whole answer in time, and no connection, as failures without a status', async () => {
      const made = await rig.endpoint(['milestone.achieved'], { url: `${rig.receiver.url}/slow` })
      const [endpoint] = await rig.api.store.findByKeys('webhook_endpoint', ['id'], [[made.id]])
      const { clock, deps } = rig.api
      const silent = await startScriptedServer((response) => {
        response.writeHead(200).write('the beginning')
      })
      const sender = createWebhookSender({ clock, allowedHosts: [silent.host] })
      const parts = { sender, clock, secretBox: deps.secretBox, timeoutMs: 200 }
      const trying = () => tryOnce(parts, { ...endpoint!, url: silent.url }, { id: 'message', body: '{}' })
      const late = await trying()
      expect(late).toMatchObject({ isGood: false, attempt: { status: null, response: null } })
      expect(late.attempt.error).toMatch(/^TIMEOUT/)
      await silent.stop()
      const gone = await trying()
      expect(gone.attempt).toMatchObject({
        status: null,
        error: expect.stringMatching(/^UNREACHABLE.*ECONNREFUSED/),
      })
      // an address that was allowed once and is not any more
      const strict = { ...parts, sender: createWebhookSender({ clock }) }
      const refused = await tryOnce(strict, { ...endpoint!, url: silent.url }, { id: 'message', body: '{}' })
      expect(refused.attempt.error).toMatch(/^ADDRESS_REFUSED/)
    })

    it('ends what is under way when its endpoint is deleted', async () => {
      const endpoint = await rig.endpoint(['milestone.achieved'])
      await happen()
      const deleted = await rig.admin.delete(at(endpoint))
      expect(deleted.status).toBe(204)
      expect(await rig.sendDue()).toBe(0)
      expect(rig.received()).toEqual([])
      expect((await last()).status).toBe('failed')
    })

    it('takes an endpoint by the rules of the contract and shows its secret once', async () => {
      const url = 'https://hooks.example.com/streakline'
      const post = (body: object) => rig.admin.post('/schema/webhook_endpoint/record', body)
      const made = await post({ url, events: ['reward.issued'] })
      expect(made.body.data).toMatchObject({ url, status: 'live', description: '', problem: null })
      expect(made.body.data.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
      expect((await shown(made.body.data)).secret).toBeUndefined()
      const refused = async (body: object) => {
        const { status, body: told } = await post({ url, events: ['reward.issued'], ...body })
        return [status, told.error.details[0].path]
      }
      expect(await refused({ events: [] })).toEqual([400, 'events'])
      expect(await refused({ events: ['reward.issued', 'reward.issued'] })).toEqual([400, 'events'])
      expect(await refused({ events: ['reward.lost'] })).toEqual([400, 'events.0'])
      expect(await refused({ url: 'http://hooks.example.com/' })).toEqual([400, 'url'])
      expect(await refused({ url: 'https://127.0.0.1/' })).toEqual([400, 'url'])
      expect(await refused({ url: 'https://169.254.169.254/latest' })).toEqual([400, 'url'])
      expect(await refused({ secret: 'whsec_mine' })).toEqual([400, 'secret'])
      for (let count = 1; count < 20; count += 1) await post({ url, events: ['reward.issued'] })
      const full = await post({ url, events: ['reward.issued'] })
      expect([full.status, full.body.error.code]).toEqual([409, 'TOO_MANY_ENDPOINTS'])
    })

    it('lists messages by endpoint and by time', async () => {
      const endpoint = await rig.endpoint(['milestone.achieved'])
      await rig.endpoint(['milestone.achieved'])
      await happen()
      const by = (fieldSlug: string, value: string) =>
        rig.admin.list('webhook_message', { filters: { fieldSlug, operator: 'EQUALS', value } })
      expect((await by('endpointId', endpoint.id)).body.data).toHaveLength(1)
      expect((await by('status', 'pending')).body.error.code).toBe('FILTER_NOT_SELECTIVE')
      const { createdAt } = (await by('endpointId', endpoint.id)).body.data[0]
      expect((await by('createdAt', createdAt)).body.data).toHaveLength(2)
    })
  })
}

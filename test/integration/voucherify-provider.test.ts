import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { createVoucherifyProvider } from '../../src/coupons/voucherify/index.ts'
import { createPlatformCalls } from '../../src/platforms/calls.ts'
import { createOrigins } from '../../src/platforms/origins.ts'
import type { IssueOutcome } from '../../src/ports/coupon-provider.ts'
import type { RewardSpec } from '../../src/ports/schema/values.ts'
import { tell } from '../helpers/doubles.ts'
import { startScriptedServer } from '../helpers/scripted-server.ts'
import { startVoucherify, type VoucherifyKit } from '../helpers/voucherify-kit.ts'

let kit: VoucherifyKit
beforeEach(async () => {
  kit = await startVoucherify()
})
afterEach(() => kit.close())

/** Before answers that do not come: only then is nobody waited for as long as the product waits. */
async function loseHeart(kind: string): Promise<void> {
  if (!kind.startsWith('timeout')) return
  await kit.close()
  kit = await startVoucherify(1_000)
}

function codeOf(outcome: IssueOutcome): string {
  if (outcome.outcome !== 'issued') throw new Error(outcome.reason)
  return outcome.code
}

const WEEK_SECONDS = 7 * 24 * 60 * 60

describe('a publication at Voucherify', () => {
  it('bears the id of its reward, and names the member and nothing more of the person', async () => {
    const request = kit.request()
    const code = codeOf(await kit.provider.issue(request))
    expect(code).not.toBe(request.code)
    const [book] = await kit.books()
    expect(book).toMatchObject({
      sourceId: request.rewardLogId,
      code,
      customer: { source_id: 'customer-1', email: null, name: null, metadata: {} },
    })
  })

  it('TRAP: is asked for once, with nothing in body or query that its customers join by, as the library has it', async () => {
    const server = await startScriptedServer((response) => response.writeHead(503).end('{}'))
    const origins = createOrigins(new Map([['voucherify', new URL(server.url).origin]]))
    const provider = createVoucherifyProvider({
      clock: kit.double.clock,
      calls: createPlatformCalls({ origins }),
    })
    const request = kit.request()
    expect(await provider.issue(request)).toMatchObject({ outcome: 'retry', trouble: 'fault' })
    await server.stop()
    const [sent, ...more] = server.seen
    expect(more).toEqual([])
    const { method, path, headers, body } = sent!
    expect([method, path]).toEqual(['POST', '/v1/publications'])
    expect(headers).toMatchObject({
      'x-app-id': kit.given.credentials.appId,
      'x-app-token': kit.given.credentials.appToken,
      'x-forwarded-host': 'api.voucherify.io',
    })
    expect(JSON.parse(body)).toEqual({
      campaign: { name: 'Streaks' },
      source_id: request.rewardLogId,
      customer: { source_id: request.member.externalId },
    })
  })

  it('lapses when the voucher does, and never where that has no end', async () => {
    expect(await kit.provider.issue(kit.request())).toMatchObject({ outcome: 'issued', expiresAt: null })
    await tell(kit.double, 'POST /campaigns', { name: 'Streaks', expiresAt: '2027-01-01T00:00:00Z' })
    expect(await kit.provider.issue(kit.request())).toMatchObject({ expiresAt: Date.parse('2027-01-01') })
  })

  it.each(['refuse', 'same'] as const)(
    'TRAP: lapses when the voucher does also where it is found again, with %s: lists do not tell',
    async (replay) => {
      await tell(kit.double, 'POST /project', { replay })
      await tell(kit.double, 'POST /campaigns', { name: 'Streaks', expiresAt: '2099-01-01T00:00:00Z' })
      await tell(kit.double, 'POST /faults', { kind: 'reset_after_effect', method: 'POST' })
      const request = kit.request()
      await kit.provider.issue(request)
      expect(await kit.provider.issue({ ...request, mayExist: true })).toMatchObject({
        outcome: 'issued',
        expiresAt: Date.parse('2099-01-01'),
      })
    },
  )

  it('is tried again where only its list can be read, and is gone where its voucher is', async () => {
    const request = kit.request()
    const code = codeOf(await kit.provider.issue(request))
    await tell(kit.double, 'POST /faults', { kind: 'error', path: '/v1/vouchers/' })
    expect(await kit.provider.issue(request)).toMatchObject({ outcome: 'retry', trouble: 'fault' })
    await tell(kit.double, 'POST /faults', {
      kind: 'error',
      status: 404,
      path: '/v1/vouchers/',
      body: { key: 'not_found' },
    })
    const gone = await kit.provider.issue(request)
    expect((gone as { reason: string }).reason).toMatch(/^VOUCHER_GONE: /)
    expect(codeOf(await kit.provider.issue(request))).toBe(code)
  })

  const FAULTS = ['reset', 'timeout', 'error', 'not_json'].flatMap((kind) => [kind, `${kind}_after_effect`])
  for (const replay of ['refuse', 'same'] as const) {
    it.each(FAULTS)(`is one after %s, where a known source_id is answered with ${replay}`, async (kind) => {
      await loseHeart(kind)
      await tell(kit.double, 'POST /project', { replay })
      await tell(kit.double, 'POST /faults', { kind, path: '/v1/publications', method: 'POST' })
      const request = kit.request()
      expect(await kit.provider.issue(request)).toMatchObject({ outcome: 'retry', trouble: 'fault' })
      const code = codeOf(await kit.provider.issue({ ...request, mayExist: true }))
      expect(await kit.books()).toMatchObject([{ sourceId: request.rewardLogId, code }])
    })

    it(`is one a week later, for two workers at once, with ${replay}`, async () => {
      await tell(kit.double, 'POST /project', { replay })
      const request = kit.request()
      const codes = (await Promise.all([1, 2, 3, 4].map(() => kit.provider.issue(request)))).map(codeOf)
      await tell(kit.double, 'POST /clock', { advanceSeconds: WEEK_SECONDS })
      codes.push(codeOf(await kit.provider.issue({ ...request, mayExist: true })))
      expect(new Set(codes).size).toBe(1)
      expect(await kit.books()).toHaveLength(1)
    })
  }

  it('is waited for where it is refused as known and not to be seen yet', async () => {
    const request = kit.request()
    await tell(kit.double, 'POST /faults', {
      kind: 'error',
      status: 400,
      body: { key: 'duplicate_source_id' },
      path: '/v1/publications',
    })
    expect(await kit.provider.issue(request)).toMatchObject({ outcome: 'retry', trouble: 'running' })
  })

  it.each(['same', 'refuse'])(
    'of a campaign that customers join once is not handed to a second reward, with %s',
    async (joined) => {
      await tell(kit.double, 'POST /project', { joined })
      await tell(kit.double, 'POST /campaigns', { name: 'Streaks', joinOnce: true })
      await kit.provider.issue(kit.request())
      const second = await kit.provider.issue(kit.request())
      expect(second).toMatchObject({ outcome: 'failed' })
      expect((second as { reason: string }).reason).toMatch(/^PROVIDER_MISCONFIGURED: .*one code/)
    },
  )

  it('is refused for good where there is no such campaign, or its voucher was deleted', async () => {
    const settings = { ...kit.given.settings, campaign: 'Nothing' }
    expect(await kit.provider.issue(kit.request({ settings }))).toMatchObject({
      outcome: 'failed',
      reason: 'PROVIDER_REFUSED: Voucherify answered 404 not_found',
    })
    const request = kit.request()
    await tell(kit.double, `DELETE /vouchers/${codeOf(await kit.provider.issue(request))}`)
    const again = await kit.provider.issue(request)
    expect(again).toMatchObject({ outcome: 'failed' })
    expect((again as { reason: string }).reason).toMatch(/^VOUCHER_GONE: /)
  })
})

describe('what Voucherify says of limits, plans and access', () => {
  const issue = () => kit.provider.issue(kit.request())
  const answer = (status: number, headers = {}) =>
    tell(kit.double, 'POST /faults', { kind: 'error', status, headers, body: { key: 'x' } })

  it('waits as long as a limit says, by either header', async () => {
    await answer(429, { 'retry-after': '7' })
    expect(await issue()).toMatchObject({ trouble: 'throttled', retryAfterMs: 7_000 })
    await answer(429, { 'x-rate-limit-retry': String(Math.ceil(Date.now() / 1000) + 30) })
    const waits = await issue()
    expect(waits).toMatchObject({ trouble: 'throttled' })
    const { retryAfterMs } = waits as { retryAfterMs: number }
    expect(retryAfterMs).toBeGreaterThan(25_000)
    expect(retryAfterMs).toBeLessThanOrEqual(31_000)
    await answer(429, { 'x-rate-limit-retry': '1' })
    expect(await issue()).toMatchObject({ trouble: 'throttled', retryAfterMs: 60_000 })
    await answer(429, { 'retry-after': '86400' })
    expect(await issue()).toMatchObject({ trouble: 'throttled', retryAfterMs: 900_000 })
  })

  it('comes back within a quarter of an hour where the calls of the cycle are used up', async () => {
    await tell(kit.double, 'POST /project', { plan: 'cycle_used_up' })
    expect(await issue()).toMatchObject({ trouble: 'throttled', retryAfterMs: 900_000 })
  })

  it.each(['ended_402', 'ended_429'])('takes %s for a plan that ended', async (plan) => {
    await tell(kit.double, 'POST /project', { plan })
    const ended = await issue()
    expect(ended).toMatchObject({ outcome: 'retry', trouble: 'ended' })
    expect((ended as { reason: string }).reason).toMatch(/^PLAN_ENDED: /)
    expect(await kit.books()).toEqual([])
  })

  it('takes a campaign without codes for exhausted', async () => {
    await tell(kit.double, 'POST /campaigns/Streaks/exhaust')
    expect(await issue()).toMatchObject({ outcome: 'retry', trouble: 'exhausted' })
    await answer(400)
    expect(await issue()).toMatchObject({ outcome: 'failed' })
    await tell(kit.double, 'POST /faults', { kind: 'error', status: 400, body: { key: 'missing_vouchers' } })
    expect(await issue()).toMatchObject({ outcome: 'retry', trouble: 'exhausted' })
  })

  it.each([401, 403])('is not asked any more after %s', async (status) => {
    await answer(status)
    expect(await issue()).toMatchObject({ outcome: 'retry', trouble: 'access' })
  })

  it('keeps nothing of its words', async () => {
    await tell(kit.double, 'POST /faults', {
      kind: 'error',
      status: 400,
      body: { key: 'Anna <anna@example.com>', details: 'customer-1' },
    })
    expect(await issue()).toEqual({ outcome: 'failed', reason: 'PROVIDER_REFUSED: Voucherify answered 400' })
  })

  it('fails for good with credentials or settings that cannot be used', async () => {
    for (const broken of [{ credentials: {} }, { settings: { apiUrl: 'http://127.0.0.1', campaign: 'x' } }]) {
      const outcome = await kit.provider.issue(kit.request(broken))
      expect((outcome as { reason: string }).reason).toMatch(/^PROVIDER_MISCONFIGURED: /)
    }
    expect(await kit.books()).toEqual([])
  })
})

describe('taking a voucher back', () => {
  it('switches it off, then says whether it was used', async () => {
    const [one, other] = [kit.request(), kit.request()]
    const [unused, used] = [codeOf(await kit.provider.issue(one)), codeOf(await kit.provider.issue(other))]
    await tell(kit.double, `POST /vouchers/${used}/redeem`)
    expect(await kit.provider.used!(kit.revocation(one, unused))).toMatchObject({ used: 'no', at: null })
    expect(await kit.provider.used!(kit.revocation(other, used))).toMatchObject({ used: 'yes' })
    for (let time = 0; time < 2; time += 1) {
      expect(await kit.provider.revoke(kit.revocation(one, unused))).toEqual({
        outcome: 'revoked',
        used: 'no',
      })
    }
    expect(await kit.provider.revoke(kit.revocation(other, used))).toEqual({
      outcome: 'revoked',
      used: 'yes',
    })
    await expect(tell(kit.double, `POST /vouchers/${unused}/redeem`)).rejects.toThrow('cannot be used')
  })

  it('finds the one of a reward that nobody heard of, by the id of the reward', async () => {
    await tell(kit.double, 'POST /faults', { kind: 'reset_after_effect', method: 'POST' })
    const request = kit.request()
    await kit.provider.issue(request)
    const asked = kit.revocation(request, request.code, false)
    expect(await kit.provider.revoke(asked)).toEqual({ outcome: 'revoked', used: 'no' })
    const [{ code } = { code: '' }] = await kit.books()
    await expect(tell(kit.double, `POST /vouchers/${code}/redeem`)).rejects.toThrow('cannot be used')
  })

  it('is done where none was made, and unknown where it was deleted', async () => {
    const request = kit.request()
    const asked = kit.revocation(request, request.code, false)
    expect(await kit.provider.revoke(asked)).toEqual({ outcome: 'revoked', used: 'no' })
    const code = codeOf(await kit.provider.issue(request))
    await tell(kit.double, `DELETE /vouchers/${code}`)
    const gone = kit.revocation(request, code)
    expect(await kit.provider.revoke(gone)).toEqual({ outcome: 'revoked', used: 'unknown' })
    expect(await kit.provider.used!(gone)).toMatchObject({ outcome: 'known', used: 'unknown' })
  })

  it.each(['reset_after_effect', 'error_after_effect', 'timeout'])(
    'is asked again after %s',
    async (kind) => {
      await loseHeart(kind)
      const request = kit.request()
      const code = codeOf(await kit.provider.issue(request))
      await tell(kit.double, 'POST /faults', { kind, path: '/disable' })
      const asked = kit.revocation(request, code)
      expect(await kit.provider.revoke(asked)).toMatchObject({ outcome: 'retry', trouble: 'fault' })
      expect(await kit.provider.revoke(asked)).toEqual({ outcome: 'revoked', used: 'no' })
    },
  )
})

describe('a milestone with Voucherify', () => {
  it.each([{ prefix: 'A' }, { minimumSubtotal: '10' }, { expiresInDays: 3 }])('has no %p', async (more) => {
    const reward = { providerId: kit.given.providerId, discount: { percentage: '10' }, ...more } as RewardSpec
    const standing = { accountId: 'a', id: 'b', connectorId: null, settings: kit.given.settings }
    expect(await kit.provider.faultOf!(reward, standing)).toMatchObject({
      path: `reward.${Object.keys(more)[0]}`,
      code: 'INVALID_INPUT',
    })
    const { providerId, discount } = reward
    expect(await kit.provider.faultOf!({ providerId, discount }, standing)).toBeNull()
  })

  it.each([
    'https://api.voucherify.io/v2',
    'https://api.voucherify.io?a=1',
    'api.voucherify.io',
    'http://x.example',
  ])('is not asked at %s', (apiUrl) => {
    const { settings } = kit.provider
    expect(settings.safeParse({ ...kit.given.settings, apiUrl }).success).toBe(false)
    expect(
      settings.safeParse({ ...kit.given.settings, apiUrl: 'https://us1.api.voucherify.io/v1/' }).success,
    ).toBe(true)
  })
})

import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { CouponProvider, CouponRequest, IssueOutcome } from '../../src/ports/coupon-provider.ts'
import type { Store } from '../../src/ports/store.ts'
import { codeFault } from '../../src/rewards/code.ts'
import { couponRequest } from '../helpers/coupon-requests.ts'
import { row } from './store/rows.ts'

export interface CouponProviderHarness {
  readonly provider: CouponProvider
  /** An empty, migrated store: the one the provider works on, if it works on one. */
  readonly store: Store
  /** What a request to this provider has to carry; it can make at least 50 coupons for it. */
  readonly given: Partial<CouponRequest>
  /** Every coupon that exists by now: its code and whose it is. */
  coupons(): Promise<readonly { readonly rewardLogId: string; readonly code: string }[]>
  close(): Promise<void>
}

type Issued = Extract<IssueOutcome, { outcome: 'issued' }>

/** What every coupon provider must do, whatever makes its coupons. */
export function describeCouponProviderContract(
  name: string,
  setup: () => Promise<CouponProviderHarness>,
): void {
  describe(`${name} as a coupon provider`, () => {
    let harness: CouponProviderHarness

    beforeEach(async () => {
      harness = await setup()
    })
    afterEach(() => harness.close())

    /** A request for a reward that is stored and has no coupon yet. */
    async function newRequest(): Promise<CouponRequest> {
      const request = couponRequest({ ...harness.given, rewardLogId: randomUUID() })
      const reward = row('reward_log', { id: request.rewardLogId, accountId: request.accountId })
      const result = await harness.store.commit([{ op: 'insert', collection: 'reward_log', row: reward }])
      expect(result.outcome).toBe('committed')
      return request
    }

    async function issue(request: CouponRequest): Promise<Issued> {
      const outcome = await harness.provider.issue(request)
      if (outcome.outcome !== 'issued') throw new Error(`not issued: ${outcome.reason}`)
      return outcome
    }

    /** Writes the coupon down as the worker does: with the reward, unless that has one by now. */
    async function settle({ rewardLogId: id, accountId }: CouponRequest, issued: Issued): Promise<boolean> {
      const result = await harness.store.commit([
        {
          op: 'update',
          collection: 'reward_log',
          id,
          accountId,
          guard: { couponCode: null },
          set: { couponCode: issued.code },
        },
        ...(issued.changes ?? []),
      ])
      return result.outcome === 'committed'
    }

    it('gives one reward the same coupon however often it is asked', async () => {
      const request = await newRequest()
      const first = await issue(request)
      expect(await settle(request, first)).toBe(true)
      for (let time = 0; time < 3; time++) expect(await issue(request)).toMatchObject({ code: first.code })
      expect(await harness.coupons()).toEqual([{ rewardLogId: request.rewardLogId, code: first.code }])
    })

    it('makes one coupon when answers were lost before they were written down', async () => {
      const request = await newRequest()
      await issue(request)
      await issue(request)
      const last = await issue(request)
      expect(await settle(request, last)).toBe(true)
      expect(await harness.coupons()).toEqual([{ rewardLogId: request.rewardLogId, code: last.code }])
    })

    it('makes one coupon when it is asked many times at once', async () => {
      const request = await newRequest()
      const settled = await Promise.all(
        Array.from({ length: 8 }, async () => settle(request, await issue(request))),
      )
      expect(settled.filter(Boolean)).toHaveLength(1)
      expect(await harness.coupons()).toHaveLength(1)
    })

    it('gives every reward a coupon of its own, with a code that can be stored', async () => {
      const codes: string[] = []
      for (let count = 0; count < 10; count++) {
        const request = await newRequest()
        const issued = await issue(request)
        expect(await settle(request, issued)).toBe(true)
        codes.push(issued.code)
      }
      expect(new Set(codes).size).toBe(10)
      expect(codes.map(codeFault).filter((fault) => fault !== null)).toEqual([])
      expect((await harness.coupons()).map(({ code }) => code).sort()).toEqual(codes.sort())
    })

    it('answers a caller that has given up, instead of throwing', async () => {
      const request = { ...(await newRequest()), signal: AbortSignal.abort() }
      expect((await harness.provider.issue(request)).outcome).not.toBe('failed')
    })

    it('knows what it can be set up with, and refuses anything more', () => {
      const { settings, credentials } = harness.provider
      expect(settings.safeParse(harness.given.settings).success).toBe(true)
      expect(settings.safeParse({ ...harness.given.settings, unheardOf: 1 }).success).toBe(false)
      if (credentials === null) return
      expect(credentials.safeParse(harness.given.credentials).success).toBe(true)
      expect(credentials.safeParse({ ...harness.given.credentials, unheardOf: 1 }).success).toBe(false)
    })
  })
}

import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { createCouponProviders } from '../../src/coupons/registry.ts'
import type { CouponProvider } from '../../src/ports/coupon-provider.ts'
import type { ProviderKind } from '../../src/ports/schema/values.ts'
import type { Store } from '../../src/ports/store.ts'
import { newSigningSecret } from '../helpers/coupon-requests.ts'
import { startCouponService } from '../helpers/coupon-service.ts'
import { startShopCoupons } from '../helpers/shopify-coupons.ts'
import { openTempStore } from '../helpers/sqlite-store.ts'
import { type CouponProviderHarness, describeCouponProviderContract } from './coupon-provider-suite.ts'
import { row } from './store/rows.ts'

const clock = { now: Date.now }

function providerOf(kind: ProviderKind, store: Store, allowedHosts: readonly string[] = []): CouponProvider {
  const provider = createCouponProviders({ store, clock, allowedHosts }).get(kind)
  if (provider === undefined) throw new Error(`no provider ${kind}`)
  return provider
}

async function setUpPool(): Promise<CouponProviderHarness> {
  const { store, close } = await openTempStore()
  const [accountId, providerId] = [randomUUID(), randomUUID()]
  await store.commit(
    Array.from({ length: 50 }, (_, index) => ({
      op: 'insert' as const,
      collection: 'coupon_code' as const,
      row: row('coupon_code', { accountId, providerId, source: 'pool', code: `POOL-${index}` }),
    })),
  )
  return {
    provider: providerOf('pool', store),
    store,
    given: { accountId, providerId, settings: {} },
    async coupons() {
      const used = await store.find('coupon_code', {
        where: { field: 'rewardLogId', op: 'isNotNull' },
        limit: 100,
      })
      return used.map(({ rewardLogId, code }) => ({ rewardLogId: String(rewardLogId), code }))
    },
    close,
  }
}

async function setUpHttp(): Promise<CouponProviderHarness> {
  const { store, folder, close } = await openTempStore()
  const signingSecret = newSigningSecret()
  const service = await startCouponService({ dataFile: join(folder, 'coupons.jsonl'), signingSecret })
  return {
    provider: providerOf('http', store, [new URL(service.url).host]),
    store,
    given: { accountId: randomUUID(), settings: { url: service.url }, credentials: { signingSecret } },
    coupons: async () => service.issued().map(({ key, code }) => ({ rewardLogId: key, code })),
    async close() {
      await service.stop()
      await close()
    },
  }
}

async function setUpShopify(): Promise<CouponProviderHarness> {
  const { store, close } = await openTempStore()
  const shop = await startShopCoupons(store)
  const rewardOf = new Map<string, string>()
  const provider: CouponProvider = {
    ...shop.provider,
    issue(request) {
      rewardOf.set(request.code, request.rewardLogId)
      return shop.provider.issue(request)
    },
  }
  return {
    provider,
    store,
    given: { accountId: randomUUID(), connectorId: 'c1', settings: {} },
    coupons: async () =>
      (await shop.books()).map(({ code }) => ({ rewardLogId: rewardOf.get(code) ?? '', code })),
    async close() {
      await shop.close()
      await close()
    },
  }
}

describeCouponProviderContract('a pool of codes', setUpPool)
describeCouponProviderContract('a coupon service over HTTP', setUpHttp)

describeCouponProviderContract('discounts in a Shopify shop', setUpShopify)

describe('the registry of coupon providers', () => {
  it('holds every kind under its own name', async () => {
    const { store, close } = await openTempStore()
    const providers = createCouponProviders({ store, clock })
    expect([...providers.keys()].sort()).toEqual(['http', 'pool', 'shopify', 'stripe', 'voucherify'])
    for (const [kind, provider] of providers) expect(provider.kind).toBe(kind)
    await close()
  })
})

import { expect } from '@jest/globals'
import { type ShopifyDouble, startShopifyDouble } from '../../src/doubles/shopify/index.ts'
import { startVoucherifyDouble, type VoucherifyDouble } from '../../src/doubles/voucherify/index.ts'
import type { Store } from '../../src/ports/store.ts'
import { createFulfil } from '../../workers/reward/fulfil.ts'
import { type Api, type Body, type Client, NOW, startApi } from './api.ts'
import { quietLogger } from './quiet-logger.ts'
import { jobContext, jobOf } from './reward-world.ts'

export const PERCENT = { discount: { percentage: 10 } }
/** The account's clocks: an hour ahead of UTC. */
const TIMEZONE = 'Europe/Berlin'

export interface OpenedStore {
  readonly store: Store
  close(): Promise<unknown>
}

/** Merchants whose rewards wait, at doubles of the platforms, by a clock that stands still. */
export class WaitingShops {
  readonly opened: OpenedStore
  readonly api: Api
  readonly voucherify: VoucherifyDouble
  readonly shopify: ShopifyDouble
  /** The merchant of now. */
  shop!: Client
  #serial = 0

  private constructor(opened: OpenedStore, api: Api, doubles: Pick<WaitingShops, 'voucherify' | 'shopify'>) {
    this.opened = opened
    this.api = api
    this.voucherify = doubles.voucherify
    this.shopify = doubles.shopify
  }

  static async open(open: () => Promise<OpenedStore>): Promise<WaitingShops> {
    const opened = await open()
    const now = () => Date.parse(NOW)
    const voucherify = await startVoucherifyDouble({ now })
    const shopify = await startShopifyDouble({ now })
    const platformOrigins = { voucherify: voucherify.origin, shopify: shopify.origin }
    const platforms = { publicUrl: 'https://streaks.example.com', platformOrigins }
    const api = await startApi({ store: opened.store }, platforms)
    return new WaitingShops(opened, api, { voucherify, shopify })
  }

  async close(): Promise<void> {
    await this.api.close()
    await Promise.all([this.voucherify.stop(), this.shopify.stop()])
    await this.opened.close()
  }

  numbered(name: string): string {
    this.#serial += 1
    return `${name} ${this.#serial}`
  }

  async newShop(): Promise<void> {
    this.shop = await this.api.account(this.numbered('merchant'), TIMEZONE)
  }

  newStreak(): Promise<Body> {
    const rule = { aggregationMethod: 'count', aggregationTargetValue: 1 }
    return this.shop.create('streak', { name: this.numbered('streak'), status: 'live', ...rule })
  }

  /** A streak whose milestone gives this reward. */
  async begin(reward: Body, milestone: Body = {}, accountCaps: Body | null = null): Promise<Body> {
    if (accountCaps !== null) {
      const path = `/schema/account/record/${this.shop.accountId}`
      expect((await this.shop.patch(path, { caps: accountCaps })).status).toBe(200)
    }
    const streak = await this.newStreak()
    return this.shop.create('milestone', {
      ...{ linkedSchemaRecordId: streak.id, name: this.numbered('first'), milestoneTargetValue: 1 },
      ...{ status: 'live', onWithdrawal: 'revoke', reward, ...milestone },
    })
  }

  async pool(codes: readonly string[] = []): Promise<string> {
    const given = { name: this.numbered('pool'), provider: 'pool' }
    const { id: providerId } = await this.shop.create('coupon_provider', given)
    if (codes.length > 0) await this.shop.create('coupon_code', { providerId, codes })
    return providerId
  }

  /** Somebody new earns the reward, as whoever recorded it is told. */
  async earn(milestone: Body): Promise<Body> {
    const externalId = this.numbered('member')
    const log = await this.shop.create('streak_log', {
      ...{ streakId: milestone.linkedSchemaRecordId, ownedBy: { externalId }, activityAt: NOW },
      ...{ activityId: 'purchase', uniqueIdentifier: externalId },
    })
    return log.achievedMilestoneRewardLog
  }

  async read({ id }: Body): Promise<Body> {
    return (await this.shop.get(`/schema/reward_log/record/${id}`)).body.data
  }

  async waitOf(reward: Body): Promise<Body> {
    return (await this.read(reward)).waitsFor
  }

  async healthOf(id: string): Promise<Body> {
    return (await this.shop.get(`/schema/coupon_provider/record/${id}`)).body.data.health
  }

  /** As a worker does. */
  async work({ id }: Body): Promise<void> {
    const { providers, secretBox } = this.api.deps
    const { store } = this.opened
    const parts = { store, providers, secretBox, clock: this.api.clock, logger: quietLogger }
    const [row] = await store.findByKeys('reward_log', ['id'], [[id]])
    await createFulfil(parts)(jobOf(row!), jobContext()).catch(() => {})
  }
}

import { createSecretBox } from '../../../src/crypto/secret-box.ts'
import { rewardJobOf } from '../../../src/ports/queue.ts'
import type { Store } from '../../../src/ports/store.ts'
import { createAttend } from '../../../workers/reward/attend.ts'
import { createFulfil, createStep } from '../../../workers/reward/fulfil.ts'
import { type Api, type Body, type Client, startApi } from '../../helpers/api.ts'
import { openStore, type StoreKind } from '../../helpers/open-store.ts'
import { quietLogger } from '../../helpers/quiet-logger.ts'
import { jobContext } from '../../helpers/reward-world.ts'
import type { CouponShop, Reward } from './shop.ts'

/** Where an installation keeps what it knows, and by which key it is sealed. */
export interface Place {
  readonly store: StoreKind
  readonly uri: string
  readonly encryptionKey: string
}

/** So long a platform is waited for by whoever is in a hurry: nobody waits 10 s for what never comes. */
const HURRIED_MS = 2_000
/** By the installation's own clock: nothing of it may need longer to come to rest, whatever befell it. */
const ROUND_MS = 20_000
const MAX_ROUNDS = 90
const OPEN = ['pending', 'issuing', 'revoking', 'held']
const PUBLIC_URL = 'https://streaks.example.com'

/** Has what is due of a reward done, as one worker does. */
export type Work = (reward: Reward, lastTry?: boolean) => Promise<void>

/** An installation with a merchant whose coupons come from a shop. */
export class Scene {
  readonly shop: CouponShop
  readonly place: Place
  #api!: Api
  #store!: Store
  #client!: Client
  #milestone!: Body
  #members = 0
  #isHurried = false
  /** Those that were taken back. */
  readonly takenBack = new Set<string>()

  private constructor(shop: CouponShop, place: Place) {
    this.shop = shop
    this.place = place
  }

  static async set(shop: CouponShop, place: Place): Promise<Scene> {
    const scene = new Scene(shop, place)
    await scene.#open(null)
    const client = scene.#client
    const providerId = await shop.connect(client)
    const rule = { aggregationMethod: 'count', aggregationTargetValue: 1 }
    const streak = await client.create('streak', { name: 'purchases', status: 'live', ...rule })
    scene.#milestone = await client.create('milestone', {
      ...{ linkedSchemaRecordId: streak.id, name: 'the first', milestoneTargetValue: 1, status: 'live' },
      onWithdrawal: 'revoke',
      reward: { providerId, discount: { percentage: 10 }, ...shop.lifetime },
    })
    return scene
  }

  get client(): Client {
    return this.#client
  }

  get now(): number {
    return this.#api.clock.now()
  }

  /** Has the installation's clock jump; that of the platform goes on as ever. */
  jump(ms: number): void {
    this.#api.clock.set(new Date(this.now + ms).toISOString())
  }

  /** Time passes, for all. */
  async pass(ms: number): Promise<void> {
    this.jump(ms)
    this.shop.double.clock.advance(ms)
  }

  /** Rewards of so many members, each of a purchase of its own. */
  async grant(count: number): Promise<Reward[]> {
    const members = Array.from({ length: count }, () => `member-${++this.#members}`)
    const granted: Reward[] = []
    for (const externalId of members) {
      const log = await this.#client.create('streak_log', {
        streakId: this.#milestone.linkedSchemaRecordId,
        ownedBy: { externalId },
        activityAt: '2026-11-22T10:00:00Z',
        activityId: 'purchase',
        uniqueIdentifier: externalId,
      })
      const all = await this.rewards()
      granted.push(all.find(({ ownedById }) => ownedById === log.ownedById)!)
    }
    return granted
  }

  /** Rewards whose coupons are made already. */
  async issued(count: number): Promise<Reward[]> {
    const granted = await this.grant(count)
    await this.workOff()
    return Promise.all(granted.map(({ id }) => this.read(id)))
  }

  /** Takes the purchases back that rewards were granted for. */
  async takeBack(rewards: readonly Reward[]): Promise<Reward[]> {
    for (const { id, ownedById } of rewards) {
      const where = { field: 'ownedById', op: 'eq', value: ownedById } as const
      const [log] = await this.#store.find('streak_log', { where, limit: 1 })
      const path = `/schema/streak_log/record/${log!.id}/withdrawal`
      const answer = await this.#client.post(path, { reason: 'returned', uniqueIdentifier: `back-${id}` })
      if (answer.status !== 201) throw new Error(answer.text)
      this.takenBack.add(id)
    }
    return Promise.all(rewards.map(({ id }) => this.read(id)))
  }

  async replay({ id }: Reward): Promise<Reward> {
    const answer = await this.#client.post(`/schema/reward_log/record/${id}/replay`, {})
    if (answer.status !== 200) throw new Error(answer.text)
    return this.read(id)
  }

  async read(id: string): Promise<Reward> {
    const [found] = await this.#store.findByKeys('reward_log', ['id'], [[id]])
    return found!
  }

  async rewards(): Promise<Reward[]> {
    const where = { field: 'milestoneId', op: 'eq', value: this.#milestone.id } as const
    return this.#store.find('reward_log', { where, limit: 1_000 })
  }

  /** A worker of its own; what it does not get done it leaves as any does. */
  worker(): Work {
    const fulfil = createFulfil(this.#parts())
    return (reward, lastTry = false) => fulfil(rewardJobOf(reward), jobContext({ lastTry })).catch(() => {})
  }

  /** Does what is due until nothing is. @throws Error naming what stays open */
  async workOff(): Promise<void> {
    const parts = this.#parts()
    const step = createStep(parts)
    const fulfil = createFulfil(parts, step)
    const attend = createAttend(parts, step)
    for (let round = 0; ; round += 1) {
      const open = (await this.rewards()).filter(({ fulfilmentStatus: status }) => OPEN.includes(status))
      if (open.length === 0) return
      if (round === MAX_ROUNDS) {
        const states = open.map(({ fulfilmentStatus, heldReason }) => `${fulfilmentStatus} ${heldReason}`)
        throw new Error(`stuck after ${(round * ROUND_MS) / 60_000} minutes: ${states.join(', ')}`)
      }
      await Promise.all(open.map((reward) => fulfil(rewardJobOf(reward), jobContext()).catch(() => {})))
      this.jump(ROUND_MS)
      await attend()
    }
  }

  /** From now on a platform is not waited for as long; workers of before are of no use any more. */
  async hurry(): Promise<void> {
    this.#isHurried = true
    await this.away(async () => {})
  }

  /** Leaves its store to others while `act` goes on. */
  async away<T>(act: () => Promise<T>): Promise<T> {
    const { accountId, headers } = this.#client
    const { now } = this
    await this.close()
    try {
      return await act()
    } finally {
      await this.#open({ accountId, headers })
      this.jump(now - this.now)
    }
  }

  async close(): Promise<void> {
    await this.#api.close()
    await this.#store.close()
  }

  #parts() {
    const { providers, secretBox } = this.#api.deps
    return { store: this.#store, providers, secretBox, clock: this.#api.clock, logger: quietLogger }
  }

  async #open(known: Pick<Client, 'accountId' | 'headers'> | null): Promise<void> {
    const { store, uri, encryptionKey } = this.place
    this.#store = await openStore(store, uri)
    await this.#store.migrate()
    const secretBox = createSecretBox([encryptionKey])
    const platformOrigins = { [this.shop.kind]: this.shop.double.origin }
    const wait = this.#isHurried ? { platformTimeoutMs: HURRIED_MS } : {}
    const platforms = { publicUrl: PUBLIC_URL, platformOrigins, ...wait }
    this.#api = await startApi({ store: this.#store, secretBox }, platforms)
    this.#client = known === null ? await this.#api.account('merchant') : this.#api.as(known)
  }
}

import { setTimeout as delay } from 'node:timers/promises'
import { tell } from '../../helpers/doubles.ts'
import { until } from '../../helpers/until.ts'
import type { CouponShop } from '../books/shop.ts'
import { openShopify } from '../books/shopify.ts'
import { openStripe } from '../books/stripe.ts'
import { CAMPAIGN, openVoucherify } from '../books/voucherify.ts'
import { withdrawSomething } from './backend.ts'
import type { Fault, FaultOptions } from './faults.ts'
import { someProcesses, type World } from './world.ts'

const UP_WITHIN_MS = 120_000
const PAUSED_WITHIN_MS = 120_000
const VOUCHERS = 10_000
/** What becomes of an answer that is lost, or of one of failure, after the coupon was made. */
const LOST = ['reset_after_effect', 'error_after_effect', 'not_json_after_effect'] as const

async function openCampaign(): Promise<CouponShop> {
  const shop = await openVoucherify('refuse', Date.now)
  await tell(shop.double, 'POST /campaigns', { name: CAMPAIGN, codes: VOUCHERS })
  return shop
}

const SHOPS: Readonly<Record<string, () => Promise<CouponShop>>> = {
  Shopify: () => openShopify(Date.now),
  Stripe: () => openStripe(Date.now),
  Voucherify: openCampaign,
}

/** Kills, wiped queues, lost answers and an outage, while the coupons come from a platform. */
export const AT_PLATFORMS: readonly Fault[] = Object.entries(SHOPS).map(([name, openShop]) => ({
  name: name.toLowerCase(),
  title: `kills, FLUSHALL, outage, at ${name}`,
  stores: ['sqlite', 'mongodb'],
  openShop,
  inflict: torment,
}))

/** Each once, as quickly as may be: part of the long form of `npm test`. */
export const AT_PLATFORMS_SHORT: readonly Fault[] = AT_PLATFORMS.map((fault) => ({
  ...fault,
  workers: 1,
  inflict: tormentBriefly,
}))

/** At random until the time is over; at the end the platform is away until it is left alone, and everything is killed. */
async function torment(world: World, { durationMs, say }: FaultOptions): Promise<number> {
  const { random, redis } = world
  const faults = {
    kill: () => killSome(world),
    wipe: () => redis.flush(),
    lose: () => loseAnswers(world),
    'take back': () => withdrawSomething(world),
  }
  const endsAt = performance.now() + durationMs
  let times = 0
  while (performance.now() < endsAt) {
    await delay(random.between(300, 1_500))
    const name = random.pick(Object.keys(faults) as (keyof typeof faults)[])
    say(name)
    await faults[name]()
    times += 1
  }
  say('outage')
  await outage(world)
  return times + 1
}

/** An answer is lost, and everything is killed just after a coupon was made. */
async function tormentBriefly(world: World): Promise<number> {
  await loseAnswers(world)
  await asked(world)
  for (const each of world.processes) each.kill()
  // takes the locks of the killed along, which would run out in their own time otherwise
  await world.redis.flush()
  await asked(world)
  for (let count = 0; count < 3; count += 1) await withdrawSomething(world)
  return 3
}

/** Resolves when the platform has one more coupon in its books. */
async function asked({ shop }: World): Promise<void> {
  const before = (await shop!.books()).length
  await until(async () => (await shop!.books()).length > before, UP_WITHIN_MS)
}

async function killSome(world: World): Promise<void> {
  for (const each of someProcesses(world)) each.kill()
}

async function loseAnswers({ shop, random }: World): Promise<void> {
  await tell(shop!.double, 'POST /faults', { kind: random.pick(LOST), after: random.between(0, 3) })
}

/** Nobody is there until the provider is paused; then all processes are killed, and the platform is back. */
async function outage(world: World): Promise<void> {
  const { api, shop, merchant } = world
  await Promise.all(world.processes.map((each) => each.up(UP_WITHIN_MS)))
  await tell(shop!.double, 'DELETE /faults')
  await tell(shop!.double, 'POST /faults', { kind: 'reset', times: 10_000 })
  const path = `/schema/coupon_provider/record/${merchant.providerId}`
  await until(async () => {
    const { data } = await api.call('GET', path)
    return (data as { health?: { state: string } } | undefined)?.health?.state === 'paused'
  }, PAUSED_WITHIN_MS)
  for (const each of world.processes) each.kill()
  await tell(shop!.double, 'DELETE /faults')
}

import type { Expected } from './expected.ts'
import type { World } from './world.ts'

export interface RewardRecord {
  readonly id: string
  readonly ownedById: string
  readonly milestoneId: string
  readonly periodKey: string
  readonly fulfilmentStatus: string
  readonly couponCode: string | null
}

interface ProgressRecord {
  readonly ownedById: string
  readonly streakId: string
  readonly periodKey: string
  readonly currentProgressValue: number
}

const LISTED = 3

/** How many, and the first few. */
function sentence(what: string, found: readonly string[]): string[] {
  const more = found.length > LISTED ? ', …' : ''
  return found.length === 0 ? [] : [`${found.length} ${what}: ${found.slice(0, LISTED).join('; ')}${more}`]
}

async function externalIds({ api }: World): Promise<Map<string, string>> {
  const members = await api.list<{ id: string; externalId: string }>('account_user', ['id', 'externalId'])
  return new Map(members.map(({ id, externalId }) => [id, externalId]))
}

/** Each day of each member against the orders that it is made of. Erased members have no name to go by. */
export async function checkProgress(world: World, expected: Expected): Promise<string[]> {
  const { api, merchant, erased } = world
  const names = await externalIds(world)
  const fields = ['ownedById', 'streakId', 'periodKey', 'currentProgressValue']
  const rows = await api.list<ProgressRecord>('streak_progress', fields)
  const found = new Map(
    rows.map(({ ownedById, streakId, periodKey, currentProgressValue: value }) => [
      `${streakId} ${names.get(ownedById)} ${periodKey}`,
      streakId === merchant.spending.id ? Math.round(value * 100) : value,
    ]),
  )
  const wanted = [...expected.days].filter(([, { externalId }]) => ![...erased.values()].includes(externalId))
  const differing = wanted.flatMap(([key, { purchases, cents }]) => [
    ...difference(`${key}, purchases`, purchases, found.get(`${merchant.visits.id} ${key}`) ?? 0),
    ...difference(`${key}, cents`, cents, found.get(`${merchant.spending.id} ${key}`) ?? 0),
  ])
  const named = rows.filter(({ ownedById }) => names.has(ownedById)).length
  return [
    ...sentence('days differ', differing),
    ...(named > 2 * wanted.length ? [`${named - 2 * wanted.length} days that nobody bought on`] : []),
  ]
}

function difference(what: string, wanted: number, found: number): string[] {
  return wanted === found ? [] : [`${what}: ${found} and not ${wanted}`]
}

/** Rewards against what was earned, and coupons against the books of the service that made them. */
export async function checkRewards(
  world: World,
  expected: Expected & { readonly everInARow: ReadonlySet<string> },
  rewards: readonly RewardRecord[],
) {
  const { merchant, coupons, shop, erased } = world
  const names = await externalIds(world)
  const granted = rewards.filter((reward) => !erased.has(reward.ownedById))
  const standing = granted.filter(({ fulfilmentStatus }) => fulfilmentStatus !== 'revoked')
  const keysOf = (milestone: { id: string }, keyOf: (reward: RewardRecord) => string) =>
    standing.filter(({ milestoneId }) => milestoneId === milestone.id).map(keyOf)
  const spent = keysOf(merchant.spent, (reward) => `${names.get(reward.ownedById)} ${reward.periodKey}`)
  const inARow = keysOf(merchant.inARow, (reward) => String(names.get(reward.ownedById)))
  const gone = new Set(erased.values())
  const wanted = (keys: ReadonlySet<string>) => [...keys].filter((key) => !gone.has(key.split(' ')[0]!))
  // a day whose coupon was disabled earns its next one only with its next purchase
  const missing = [
    ...wanted(expected.spent).filter((key) => !spent.includes(key) && !expected.touched.has(key)),
    ...wanted(expected.inARow).filter((key) => !inARow.includes(key)),
  ]
  const unearned = [
    ...spent.filter((key) => !expected.spent.has(key)),
    ...inARow.filter((key) => !expected.everInARow.has(key)),
  ]
  const failed = rewards.filter(({ fulfilmentStatus }) => fulfilmentStatus === 'failed')
  // the books of a platform are judged by themselves
  const issued = rewards.filter(({ fulfilmentStatus: status }) => shop === null && status === 'issued')
  const ids = new Set(rewards.map(({ id }) => id))
  const codes = new Set([...coupons.books.values()].map(({ code }) => code))
  const strangers = [...coupons.books.keys()].filter((id) => !ids.has(id))
  const wrong = [
    ...sentence('rewards earned and not granted', missing),
    ...sentence('rewards granted and not earned', unearned),
    ...sentence(
      'rewards failed',
      failed.map(({ id }) => id),
    ),
    ...sentence(
      'rewards whose coupon is not that of the books',
      issued.flatMap(({ id, couponCode }) => (coupons.books.get(id)?.code === couponCode ? [] : [id])),
    ),
    ...sentence(
      'rewards issued whose coupon was disabled',
      issued.flatMap(({ id }) => (coupons.books.get(id)?.revoked === true ? [id] : [])),
    ),
    ...sentence('coupons made for no reward', strangers),
    ...sentence('rewards asked for with two codes', [...coupons.conflicts]),
  ]
  const doubled =
    spent.length -
    new Set(spent).size +
    (inARow.length - new Set(inARow).size) +
    coupons.books.size -
    codes.size
  return { wrong, doubled: doubled + coupons.conflicts.size }
}

import type { Period } from './words.ts'

/** Of a record what the widget shows; there is more. */
export interface Milestone {
  readonly name: string
  readonly milestoneTargetValue: number
  readonly milestoneMetric: 'consecutive_count' | 'current_progress_value'
  readonly eudMilestoneRewardInstructionMessage: string | null
}

export interface Shown {
  readonly streak: {
    readonly id: string
    readonly name: string
    readonly description: string
    readonly aggregationPeriod: Period
    readonly timezone: string
    readonly weekStartsOn: 'monday' | 'sunday'
  }
  readonly memberStreak: {
    readonly currentConsecutiveCount: number
    readonly currentProgressValue: number
    readonly currentPeriodEndAt: string
    readonly streakStatus: 'active' | 'at_risk' | 'inactive'
    readonly nextMilestone: Milestone | null
  } | null
  readonly progress: readonly { readonly periodStartAt: string; readonly streakProgressStatus: string }[]
  readonly milestones: readonly Milestone[]
  readonly rewards: readonly {
    readonly couponCode: string | null
    readonly rewardExpiryAt: string | null
    readonly redeemedAt?: string | null
    readonly fulfilmentStatus: string
    readonly milestone: { readonly name: string } | null
  }[]
}

/** Where the widget reads. */
export interface Source {
  /** Of the server; empty: that of the page. */
  readonly base: string
  readonly account: string
  readonly streak: string
  /** On a storefront: the address of the app proxy. */
  readonly proxy: string
  /** Empty: nobody is signed in. */
  token(): Promise<string>
}

/** More than there are periods to be seen. */
const RECORDS = 20

/** What there is of a streak; null: there is none. @throws Error where it cannot be read */
export function readStreak(source: Source, signal: AbortSignal): Promise<Shown | null> {
  return source.proxy === '' ? readByToken(source, signal) : readByProxy(source, signal)
}

async function readByProxy({ proxy, streak }: Source, signal: AbortSignal): Promise<Shown | null> {
  const answer = await fetch(`${proxy.replace(/\/$/, '')}/streaks`, { signal, cache: 'no-store' })
  const { streaks } = (await dataOf(answer)) as { readonly streaks: readonly Shown[] }
  return (streak === '' ? streaks[0] : streaks.find((each) => each.streak.id === streak)) ?? null
}

async function readByToken(source: Source, signal: AbortSignal): Promise<Shown | null> {
  let token = await source.token()
  if (token === '') return null
  const get = (path: string): Promise<Response> =>
    fetch(`${source.base.replace(/\/$/, '')}/schema/${path}`, {
      signal,
      // the cookie of a merchant who is signed in to the same server would be a second caller
      credentials: 'omit',
      headers: { 'x-enduser-access-token': token, 'x-account-id': source.account },
    })
  const list = async (slug: string, field: string, id: string, rest = ''): Promise<never[]> => {
    const filters = JSON.stringify({ fieldSlug: field, operator: 'EQUALS', value: id })
    const answer = await get(`${slug}/record?filters=${encodeURIComponent(filters)}&limit=${RECORDS}${rest}`)
    return (await dataOf(answer)) as never[]
  }
  const path = source.streak === '' ? 'streak/record?limit=1' : `streak/record/${source.streak}`
  let first = await get(path)
  if (first.status === 401) {
    token = await source.token()
    if (token === '') return null
    first = await get(path)
  }
  if (first.status === 404) return null
  const found = await dataOf(first)
  const streak = (Array.isArray(found) ? found[0] : found) as Shown['streak'] | undefined
  if (streak === undefined) return null
  const { id } = streak
  const latest = `&sortBy=${encodeURIComponent('[{"fieldSlug":"periodStartAt","order":"DESC"}]')}`
  const [memberStreaks, progress, milestones, rewards] = await Promise.all([
    list('member_streak', 'streakId', id),
    list('streak_progress', 'streakId', id, latest),
    list('milestone', 'linkedSchemaRecordId', id),
    list('reward_log', 'linkedSchemaRecordId', id),
  ])
  return { streak, memberStreak: memberStreaks[0] ?? null, progress, milestones, rewards }
}

async function dataOf(answer: Response): Promise<unknown> {
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`)
  return ((await answer.json()) as { readonly data: unknown }).data
}

import type { Connector, CouponProvider, Milestone, Streak } from '../../../client/schema.ts'
import { create, patch } from '../../api/records.ts'

/** What the sentence says, as it was chosen. Numbers are texts until they are sent: half-typed ones are theirs to judge. */
export interface Offer {
  readonly period: 'daily' | 'weekly' | 'monthly'
  readonly discount: string
  /** `%`, or an ISO 4217 currency. */
  readonly unit: string
  readonly target: string
  readonly repeats: 'cycles' | 'once'
  readonly expiresInDays: string
  /** id of a provider that is there, or the kind of one to make. */
  readonly provider: string
  readonly codes: string
  readonly url: string
  readonly signingSecret: string
}

export const USUAL: Offer = {
  period: 'weekly',
  discount: '10',
  unit: '%',
  target: '4',
  repeats: 'cycles',
  expiresInDays: '30',
  provider: '',
  codes: '',
  url: '',
  signingSecret: '',
}

export const PERIODS = [
  ['daily', 'day'],
  ['weekly', 'week'],
  ['monthly', 'month'],
] as const

/** `A purchase every week` */
export function nameOf({ period }: Offer): string {
  return `A purchase every ${PERIODS.find(([name]) => name === period)?.[1]}`
}

export function streakOf(offer: Offer) {
  return {
    name: nameOf(offer),
    aggregationMethod: 'count',
    aggregationPeriod: offer.period,
    aggregationTargetValue: 1,
    completionTargetValue: offer.repeats === 'cycles' ? Number(offer.target) : null,
  }
}

export function milestoneOf(offer: Offer, providerId: string | null) {
  const percentage = { percentage: Number(offer.discount) }
  const amount = { amount: Number(offer.discount), currency: offer.unit }
  const expiry = offer.expiresInDays === '' ? {} : { expiresInDays: Number(offer.expiresInDays) }
  return {
    name: `${offer.discount} ${offer.unit} after ${offer.target} in a row`,
    milestoneTargetValue: Number(offer.target),
    milestoneMetric: 'consecutive_count',
    milestoneRepeat: offer.repeats === 'cycles' ? 'every_streak' : 'once',
    reward:
      providerId === null
        ? null
        : { providerId, discount: offer.unit === '%' ? percentage : amount, ...expiry },
  }
}

/** What was made so far, so that a second try goes on where the first one stopped. */
export interface Made {
  streak?: Streak
  provider?: CouponProvider
  uploaded?: boolean
  milestone?: Milestone
}

/** Makes everything that the sentence says, as drafts: nothing counts yet. @throws Failure, with what was made in `made` */
export async function make(offer: Offer, connectors: readonly Connector[], made: Made): Promise<void> {
  const streak = streakOf(offer)
  made.streak =
    made.streak === undefined
      ? await create<Streak>('streak', streak)
      : await patch<Streak>('streak', made.streak.id, streak)
  const providerId = await providerOf(offer, connectors, made)
  const milestone = milestoneOf(offer, providerId)
  const linkedSchemaRecordId = made.streak.id
  made.milestone =
    made.milestone === undefined
      ? await create<Milestone>('milestone', { ...milestone, linkedSchemaRecordId })
      : await patch<Milestone>('milestone', made.milestone.id, milestone)
}

const KINDS: readonly string[] = ['pool', 'http', 'shopify', 'stripe', 'none']

async function providerOf(
  offer: Offer,
  connectors: readonly Connector[],
  made: Made,
): Promise<string | null> {
  const kind = offer.provider.split(' ')[0] ?? ''
  if (kind === 'none') return null
  if (!KINDS.includes(kind)) return offer.provider
  made.provider ??= await create<CouponProvider>('coupon_provider', providerBody(kind, offer, connectors))
  const codes = codesIn(offer.codes)
  if (kind === 'pool' && codes.length > 0 && made.uploaded !== true) {
    await create('coupon_code', { providerId: made.provider.id, codes })
    made.uploaded = true
  }
  return made.provider.id
}

function providerBody(
  kind: string,
  { provider, url, signingSecret }: Offer,
  connectors: readonly Connector[],
) {
  const stamp = new Date().toISOString().slice(0, 16).replace('T', ' ')
  if (kind === 'pool') return { name: `Codes uploaded ${stamp}`, provider: kind }
  if (kind === 'http')
    return {
      name: `Our coupon service ${stamp}`,
      provider: kind,
      settings: { url },
      credentials: { signingSecret },
    }
  const connectorId = provider.split(' ')[1]
  const shop = connectors.find(({ id }) => id === connectorId)
  return { name: `Coupons in ${shop?.name ?? kind}`.slice(0, 256), provider: kind, connectorId }
}

/** One code a line, or parted by commas. */
export function codesIn(text: string): string[] {
  return text
    .split(/[\n,;]+/)
    .map((code) => code.trim())
    .filter((code) => code !== '')
}

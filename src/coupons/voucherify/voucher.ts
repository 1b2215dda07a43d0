import { z } from 'zod'
import type { CouponRequest, IssueOutcome, Trouble } from '../../ports/coupon-provider.ts'
import { type Ask, type Failed, failed, refusal, trouble } from './ask.ts'

/** Nothing is left of the campaign, or nothing yet: https://docs.voucherify.io/api-reference/publications */
const EXHAUSTED: ReadonlySet<string> = new Set(['no_voucher_suitable_for_publication', 'missing_vouchers'])

const codeShape = z
  .string()
  .min(1)
  .max(128)
  .refine((code) => code.isWellFormed() && !/\p{Cc}/u.test(code))
const publicationShape = z.object({
  source_id: z.string().nullish(),
  voucher: z.object({
    code: codeShape,
    expiration_date: z.iso
      .datetime({ offset: true })
      .transform((text) => Date.parse(text))
      .nullish(),
  }),
})
const publicationsShape = z.object({ publications: z.array(z.unknown()) })
const redeemedShape = z.object({ redemption: z.object({ redeemed_quantity: z.number() }) })

type Reward = Pick<CouponRequest, 'rewardLogId'>

const VOUCHER_GONE = failed('VOUCHER_GONE: the voucher of this reward was deleted at Voucherify')
/** Voucherify documents two answers to the second reward of a member: the code of the first, and a no. */
const JOINS_ONCE = failed(
  'PROVIDER_MISCONFIGURED: the campaign gives each customer one code: its customers join once, so that there is none for the second reward of a member',
)

/**
 * Hands the member a voucher of the campaign, once for a reward. A `source_id` that is there already is answered with
 * the same publication, or refused; Voucherify documents both.
 */
export async function publish(
  ask: Ask,
  campaign: string,
  { rewardLogId, member }: Pick<CouponRequest, 'rewardLogId' | 'member'>,
): Promise<IssueOutcome> {
  const said = await ask({
    method: 'POST',
    path: '/publications',
    // nothing more of the person
    body: {
      campaign: { name: campaign },
      source_id: rewardLogId,
      customer: { source_id: member.externalId },
    },
  })
  if (said.outcome === 'ok') return issuedIn(said.value, rewardLogId)
  if (said.outcome !== 'no') return said
  if (said.key === 'duplicate_source_id') return adopt(ask, { rewardLogId })
  if (said.key === 'voucher_cannot_be_published') return JOINS_ONCE
  if (EXHAUSTED.has(said.key)) {
    return trouble('exhausted', 'CAMPAIGN_EXHAUSTED: no voucher of the campaign is left to publish')
  }
  return refusal(said)
}

/** What was published before, perhaps by a request whose answer was lost. */
async function adopt(ask: Ask, reward: Reward): Promise<IssueOutcome> {
  const found = await findPublication(ask, reward)
  if ('outcome' in found) return found
  if (found.publication === undefined)
    return trouble('running', 'PROVIDER_UNAVAILABLE: Voucherify does not show the publication yet')
  const listed = issuedIn(found.publication, reward.rewardLogId)
  if (listed.outcome !== 'issued') return listed
  // lists tell of a voucher its code, and not when it ends
  const said = await ask({ method: 'GET', path: `/vouchers/${encodeURIComponent(listed.code)}` })
  if (said.outcome === 'ok') return issuedIn({ voucher: said.value }, reward.rewardLogId)
  if (said.outcome !== 'no') return said
  return said.status === 404 ? VOUCHER_GONE : refusal(said)
}

async function findPublication(
  ask: Ask,
  { rewardLogId }: Reward,
): Promise<{ readonly publication: unknown } | Trouble | Failed> {
  const path = `/publications?source_id=${encodeURIComponent(rewardLogId)}`
  const said = await ask({ method: 'GET', path })
  if (said.outcome === 'no') return refusal(said)
  if (said.outcome !== 'ok') return said
  const list = publicationsShape.safeParse(said.value)
  if (!list.success) return invalid('publications')
  // a filter that was not heeded must not hand out somebody else's
  const publication = list.data.publications.find(
    (one) => z.object({ source_id: z.literal(rewardLogId) }).safeParse(one).success,
  )
  return { publication }
}

/** The voucher's own code and end win; without an end it never lapses. */
function issuedIn(value: unknown, rewardLogId: string): IssueOutcome {
  const read = publicationShape.safeParse(value)
  if (!read.success) {
    const isGone = z.object({ voucher: z.null() }).safeParse(value).success
    return isGone ? VOUCHER_GONE : invalid(read.error.issues[0]?.path.join('.') ?? 'the publication')
  }
  const { source_id: sourceId, voucher } = read.data
  if (typeof sourceId === 'string' && sourceId !== rewardLogId) return JOINS_ONCE
  return { outcome: 'issued', code: voucher.code, expiresAt: voucher.expiration_date ?? null }
}

/**
 * The code of a reward's voucher, which Voucherify chose: null where none was published.
 */
export async function codeOf(
  ask: Ask,
  reward: Reward,
): Promise<{ readonly code: string | null } | Trouble | Failed> {
  const found = await findPublication(ask, reward)
  if ('outcome' in found) return found
  if (found.publication === undefined) return { code: null }
  const issued = issuedIn(found.publication, reward.rewardLogId)
  return issued.outcome === 'issued' ? { code: issued.code } : issued
}

/** null: there is no such voucher. */
export async function disable(ask: Ask, code: string): Promise<'disabled' | null | Trouble | Failed> {
  const said = await ask({ method: 'POST', path: `/vouchers/${encodeURIComponent(code)}/disable` })
  if (said.outcome === 'ok') return 'disabled'
  if (said.outcome !== 'no') return said
  return said.status === 404 ? null : refusal(said)
}

/** `unknown`: there is no such voucher any more. */
export async function usedOf(ask: Ask, code: string): Promise<'yes' | 'no' | 'unknown' | Trouble | Failed> {
  const said = await ask({ method: 'GET', path: `/vouchers/${encodeURIComponent(code)}` })
  if (said.outcome === 'no') return said.status === 404 ? 'unknown' : refusal(said)
  if (said.outcome !== 'ok') return said
  const read = redeemedShape.safeParse(said.value)
  if (!read.success) return invalid('redemption.redeemed_quantity')
  return read.data.redemption.redeemed_quantity > 0 ? 'yes' : 'no'
}

function invalid(where: string): Trouble {
  return trouble('fault', `PROVIDER_ANSWER_INVALID: in the answer of Voucherify ${where} cannot be read`)
}

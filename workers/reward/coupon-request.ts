import { findRow } from '../../src/commit/planned.ts'
import type { Clock, Instant } from '../../src/ports/clock.ts'
import type { CouponProvider, CouponRequest, Trouble } from '../../src/ports/coupon-provider.ts'
import type { ProviderKind } from '../../src/ports/schema/values.ts'
import type { Row } from '../../src/ports/schema.ts'
import type { SecretBox } from '../../src/ports/secret-box.ts'
import type { Store } from '../../src/ports/store.ts'

/** How long a provider is waited for. */
export const ASK_TIMEOUT_MS = 10_000
const DAY_MS = 24 * 60 * 60 * 1000

export interface CouponRequestDeps {
  readonly store: Store
  readonly providers: ReadonlyMap<ProviderKind, CouponProvider>
  readonly secretBox: SecretBox
  readonly clock: Clock
}

export type BuiltRequest =
  | { readonly outcome: 'ready'; readonly provider: CouponProvider; readonly request: CouponRequest }
  | Trouble
  | { readonly outcome: 'failed'; readonly reason: string }

/**
 * Whom to ask for a reward's coupon, and what: the same for every attempt, however late (the signal apart).
 * @throws AppError STORE_UNAVAILABLE
 */
export async function buildCouponRequest(
  deps: CouponRequestDeps,
  reward: Row<'reward_log'>,
  signal: AbortSignal,
): Promise<BuiltRequest> {
  const { reward: spec, drawnCode: code, accountId } = reward
  if (spec === null || code === null) return failed('CODE_MISSING: no code was drawn for this reward')
  const [provider, member] = await Promise.all([
    findRow(deps.store, 'coupon_provider', accountId, spec.providerId),
    findRow(deps.store, 'member', accountId, reward.ownedById),
  ])
  if (provider === null) return failed('PROVIDER_GONE: the coupon provider was deleted')
  if (member === null) return failed('MEMBER_GONE: the member does not exist')
  const adapter = deps.providers.get(provider.provider)
  if (adapter === undefined) {
    return failed(`PROVIDER_NOT_SUPPORTED: this version makes no coupons with "${provider.provider}"`)
  }
  const credentials = openCredentials(deps.secretBox, provider, deps.clock.now())
  if (credentials === null) {
    const reason = 'CREDENTIALS_UNREADABLE: the credentials of the coupon provider cannot be decrypted'
    return { outcome: 'retry', trouble: 'waiting', reason, retryAfterMs: null }
  }
  const request: CouponRequest = {
    accountId,
    providerId: provider.id,
    connectorId: provider.connectorId,
    rewardLogId: reward.id,
    idempotencyKey: reward.id,
    code,
    discount: spec.discount,
    minimumSubtotal: spec.minimumSubtotal ?? null,
    expiresAt: expiryOf(reward, spec.expiresInDays),
    grantedAt: reward.createdAt,
    mayExist: reward.askedAt !== null,
    member: { id: member.id, externalId: member.externalId },
    streakId: reward.linkedSchemaRecordId,
    milestoneId: reward.milestoneId,
    settings: provider.settings,
    credentials,
    signal,
  }
  return { outcome: 'ready', provider: adapter, request }
}

/** Counted from when the reward could first be made, not from the attempt, so that every attempt asks for the same. */
function expiryOf(reward: Row<'reward_log'>, expiresInDays: number | undefined): Instant | null {
  if (expiresInDays === undefined) return null
  return Math.max(reward.createdAt, reward.fulfilAfter ?? 0) + expiresInDays * DAY_MS
}

/** null when they cannot be opened: a key may be missing for now, after a restore or a rotation. */
function openCredentials(
  secretBox: SecretBox,
  { id, sealedCredentials: sealed }: Row<'coupon_provider'>,
  now: Instant,
): Credentials | null {
  if (sealed === null) return {}
  const opened = openedBy(secretBox)
  const known = opened.get(id)
  // by the text itself: what was sealed anew is opened anew
  if (known?.sealed === sealed && Math.abs(now - known.openedAt) < OPENED_FOR_MS) return known.credentials
  opened.delete(id)
  try {
    const parsed: unknown = JSON.parse(
      secretBox.open(sealed, { collection: 'coupon_provider', id, field: 'sealedCredentials' }),
    )
    if (typeof parsed !== 'object' || parsed === null) return null
    const credentials = { ...parsed }
    if (opened.size >= MAX_OPENED) opened.delete(opened.keys().next().value!)
    opened.set(id, { sealed, credentials, openedAt: now })
    return credentials
  } catch {
    return null
  }
}

type Credentials = Readonly<Record<string, unknown>>
interface Opened {
  readonly sealed: string
  readonly credentials: Credentials
  readonly openedAt: Instant
}

const OPENED_FOR_MS = 60_000
/** Providers; the one that was opened first makes room. */
const MAX_OPENED = 256
const openedOf = new WeakMap<SecretBox, Map<string, Opened>>()

function openedBy(secretBox: SecretBox): Map<string, Opened> {
  const known = openedOf.get(secretBox)
  if (known !== undefined) return known
  const made = new Map<string, Opened>()
  openedOf.set(secretBox, made)
  return made
}

function failed(reason: string): BuiltRequest {
  return { outcome: 'failed', reason }
}

/** The time to answer begins when the provider is asked, not while the reward waits for its turn. */
export function withTime(request: CouponRequest): CouponRequest {
  return { ...request, signal: AbortSignal.any([request.signal, AbortSignal.timeout(ASK_TIMEOUT_MS)]) }
}

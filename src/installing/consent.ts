import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { AppError } from '../errors.ts'
import type { Access, Consent, Hands } from '../ports/hands.ts'
import type { InstallingDeps } from './deps.ts'
import { install } from './install.ts'
import { type Place, readPlace, writePlace } from './place.ts'
import { foremost } from './problem.ts'
import { openAccess, sealAccess } from './secrets.ts'
import { handsOf, requirePublicUrl, siteOf } from './site.ts'
import { consentDenied } from './words.ts'

const GOOD_FOR_MS = 15 * 60_000
const RANDOM_BYTES = 32
/** The connector's id and as much chance as a key has: by the id an answer with a state of before is told apart. */
const STATE = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.[\w-]{43}$/

export interface Begun extends Place {
  /** Where the merchant is sent, shown once. */
  readonly authorizeUrl: string
}

/** Where the platform sends the merchant back to. */
export function callbackPath(platform: string): string {
  return `/connect/${platform}/callback`
}

/**
 * Begins an installation that the merchant has to agree to: keeps what they gave and a state, good once and for 15
 * minutes; one that was out before is worth nothing from then on. An installed connector stays as it is meanwhile.
 * @throws AppError NOT_FOUND | PUBLIC_URL_MISSING | NOT_INSTALLED, STORE_BUSY
 */
export async function beginConsent(
  deps: InstallingDeps,
  accountId: string,
  id: string,
  { method, given }: { readonly method: string; readonly given: Access },
): Promise<Begun> {
  const publicUrl = requirePublicUrl(deps)
  const { connector } = await readPlace(deps.store, accountId, id)
  const { platform } = connector
  const consent = consentOf(handsOf(deps, platform))
  const state = `${id}.${randomBytes(RANDOM_BYTES).toString('base64url')}`
  const url = consent.url(siteOf(deps, connector), given, state, `${publicUrl}${callbackPath(platform)}`)
  const place = await writePlace(deps, accountId, id, ({ installation }) => ({
    installation: {
      ...(stays(installation.state) ? {} : { state: 'pending' as const, method, problem: null }),
      stateHash: hashOf(state),
      stateUntil: deps.clock.now() + GOOD_FOR_MS,
      stateUsedAt: null,
      sealedConsent: sealAccess(deps.secretBox, id, { method, given }, 'sealedConsent'),
    },
  }))
  return { ...place, authorizeUrl: deps.forBrowser?.(platform, url) ?? url }
}

function stays(state: Place['installation']['state']): boolean {
  return state === 'installed' || state === 'needs_attention'
}

export type Finished =
  | { readonly outcome: 'installed'; readonly place: Place }
  /** Not what the platform sends, or not for this shop; or the merchant said no. In words for them. */
  | { readonly outcome: 'refused'; readonly message: string }
  /** The state was used, replaced, or is too old. */
  | { readonly outcome: 'over'; readonly message: string }
  /** The platform did not take what it had given itself, or could not be reached. */
  | { readonly outcome: 'failed'; readonly error: AppError }

const UNKNOWN = 'This address does not belong to an installation that was begun here.'
const OVER = 'This installation was finished, begun anew, or took longer than 15 minutes. Begin it again.'

/**
 * Ends what `beginConsent` began, with what the merchant's browser brings back. Judged in this order: the signature and
 * the time, the state, the shop, the merchant's answer; nothing is asked of the platform before all of them hold, and
 * never twice for one state. @throws AppError STORE_BUSY, STORE_UNAVAILABLE
 */
export async function finishConsent(
  deps: InstallingDeps,
  platform: string,
  query: URLSearchParams,
): Promise<Finished> {
  const state = query.get('state') ?? ''
  const place = await placeOf(deps, platform, state)
  const kept = place === null ? null : openAccess(deps.secretBox, place.installation, 'sealedConsent')
  if (place === null || kept === null) return { outcome: 'refused', message: UNKNOWN }
  const { connector, installation } = place
  const { method, given } = kept as { method: string; given: Access }
  const now = deps.clock.now()
  const judged = consentOf(handsOf(deps, platform)).judge(query, siteOf(deps, connector), given, now)
  if (judged.verdict === 'forged') return { outcome: 'refused', message: judged.message }
  if (!isGood(installation, state, now)) return { outcome: 'over', message: OVER }
  if (judged.verdict === 'other_shop') return { outcome: 'refused', message: judged.message }
  const { accountId, id } = connector
  if (judged.verdict === 'denied') {
    await writePlace(deps, accountId, id, ({ installation: { problem } }) => ({
      installation: {
        problem: foremost([consentDenied(), ...(problem === null ? [] : [problem])], problem, now),
      },
    }))
    return { outcome: 'refused', message: judged.message }
  }
  if (!(await claim(deps, place, state))) return { outcome: 'over', message: OVER }
  try {
    const installed = await install(deps, accountId, id, { method, given: { ...given, code: judged.code } })
    return { outcome: 'installed', place: installed }
  } catch (error) {
    if (error instanceof AppError) return { outcome: 'failed', error }
    throw error
  }
}

/** The state is used from now on; false: somebody was faster, or it is over. */
async function claim(deps: InstallingDeps, { connector }: Place, state: string): Promise<boolean> {
  const { accountId, id } = connector
  let isOurs = false
  await writePlace(deps, accountId, id, ({ installation }) => {
    const now = deps.clock.now()
    isOurs = isGood(installation, state, now)
    return isOurs ? { installation: { stateUsedAt: now } } : {}
  })
  return isOurs
}

function isGood({ stateHash, stateUntil, stateUsedAt }: Place['installation'], state: string, now: number) {
  const isKnown = stateHash !== null && timingSafeEqual(Buffer.from(stateHash), Buffer.from(hashOf(state)))
  return isKnown && stateUsedAt === null && stateUntil !== null && now < stateUntil
}

/** The connector that a state names, where it is one of this platform. */
async function placeOf({ store }: InstallingDeps, platform: string, state: string): Promise<Place | null> {
  const [, id] = STATE.exec(state) ?? []
  if (id === undefined) return null
  const [connector] = await store.findByKeys('connector', ['id'], [[id]])
  return connector?.platform === platform ? await readPlace(store, connector.accountId, id) : null
}

function consentOf({ consent, platform }: Hands): Consent {
  if (consent === undefined) throw new Error(`hands of ${platform} name a way in by consent and have none`)
  return consent
}

function hashOf(state: string): string {
  return createHash('sha256').update(state).digest('hex')
}

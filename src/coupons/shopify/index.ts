import type {
  CouponProvider,
  CouponRequest,
  IssueOutcome,
  RevokeOutcome,
  RevokeRequest,
  Trouble,
} from '../../ports/coupon-provider.ts'
import type { Access, Discounts, Site } from '../../ports/hands.ts'
import type { Told } from '../../ports/platform-calls.ts'
import type { Closed, PlatformDoor } from '../../ports/platform-door.ts'
import { moneyFault } from './money.ts'
import { trouble, troubleOf } from './trouble.ts'
import { isOurs, settingsShape, wishOf } from './wish.ts'

export interface ShopifyProviderOptions {
  /** Without one nothing is installed. */
  readonly door?: PlatformDoor
}

type Asking = Pick<CouponRequest, 'accountId' | 'connectorId' | 'signal'>
type Ask<T> = (discounts: Discounts, site: Site, access: Access) => Promise<Told<T>>

/**
 * Makes a discount code in the merchant's own Shopify shop, with the access of a connector. Shopify has no idempotency
 * key for discounts, so the code is the key: it is unique in a shop, a second create under it is `TAKEN`, and then it is
 * looked up and taken over if title and tag say that it is ours.
 */
export function createShopifyProvider({ door }: ShopifyProviderOptions): CouponProvider {
  async function ask<T>(asking: Asking, call: Ask<T>): Promise<Told<T> | Closed> {
    const { accountId, connectorId, signal } = asking
    if (door === undefined || connectorId === null) return { outcome: 'closed', code: 'NOT_INSTALLED' }
    return door.use<T>(
      accountId,
      connectorId,
      async ({ discounts }, site, access) =>
        discounts === undefined ? NO_DISCOUNTS : call(discounts, { ...site, signal }, access),
      // the scope may have been granted after this access was
      { renewsForPermission: true },
    )
  }

  /** `null`: there surely is none. */
  async function adopt(request: CouponRequest): Promise<IssueOutcome | null> {
    const told = await ask(request, (discounts, site, access) => discounts.find(site, access, request.code))
    if (told.outcome !== 'ok') return troubleOf(told)
    if (told.value === null) return null
    return isOurs(told.value, request.code) ? issued(request) : CODE_TAKEN
  }

  async function issue(request: CouponRequest): Promise<IssueOutcome> {
    if (request.mayExist) {
      const found = await adopt(request)
      if (found !== null) return found
    }
    let told = await create(request, false)
    if (told.outcome === 'ok' && told.value === 'customer_gone') told = await create(request, true)
    if (told.outcome !== 'ok') return troubleOf(told)
    if (told.value === 'created') return issued(request)
    return (await adopt(request)) ?? TAKEN_AND_GONE
  }

  function create(request: CouponRequest, isForAll: boolean) {
    const wish = wishOf(request, isForAll)
    return ask(request, (discounts, site, access) => discounts.create(site, access, wish))
  }

  async function revoke(request: RevokeRequest): Promise<RevokeOutcome> {
    const told = await ask(request, (discounts, site, access) => discounts.find(site, access, request.code))
    if (told.outcome !== 'ok') return notRevoked(told)
    const gone = { outcome: 'revoked', used: request.wasIssued ? 'unknown' : 'no' } as const
    // what was made under another's code was never ours
    if (told.value === null || !isOurs(told.value, request.code)) return gone
    const { id } = told.value
    const ended = await ask(request, (discounts, site, access) => discounts.end(site, access, id))
    if (ended.outcome !== 'ok') return notRevoked(ended)
    if (ended.value === null) return { outcome: 'revoked', used: 'unknown' }
    const { used } = ended.value
    return { outcome: 'revoked', used: used === null ? 'unknown' : used > 0 ? 'yes' : 'no' }
  }

  return {
    kind: 'shopify',
    claims: false,
    settings: settingsShape,
    credentials: null,
    connector: { platform: 'shopify', scopes: ['write_discounts'] },
    async faultOf(reward, { accountId, connectorId }) {
      if (!('amount' in reward.discount) && reward.minimumSubtotal === undefined) return null
      const signal = new AbortController().signal
      const told = await ask({ accountId, connectorId, signal }, async (discounts, _site, access) => ({
        outcome: 'ok',
        value: discounts.currencyOf(access),
      }))
      return told.outcome === 'ok' ? moneyFault(reward, told.value) : null
    },
    issue,
    revoke,
  }
}

const NO_DISCOUNTS = {
  outcome: 'refused',
  refused: 'request',
  message: 'no discounts can be made there',
} as const

const CODE_TAKEN = {
  outcome: 'failed',
  reason: 'CODE_TAKEN: the shop has another discount with this code; a replay draws another code',
} as const

const TAKEN_AND_GONE: Trouble = trouble(
  'fault',
  'PROVIDER_UNAVAILABLE: Shopify answered that the code is taken, and that there is none',
)

function issued({ code }: CouponRequest): IssueOutcome {
  return { outcome: 'issued', code, expiresAt: null }
}

/** Whoever was uninstalled can neither disable it nor say whether it was used. */
function notRevoked(told: Parameters<typeof troubleOf>[0]): RevokeOutcome {
  const isAway = told.outcome === 'closed' && told.code === 'NOT_INSTALLED'
  return isAway ? { outcome: 'revoked', used: 'unknown' } : troubleOf(told)
}

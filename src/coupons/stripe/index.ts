import { z } from 'zod'
import { AppError } from '../../errors.ts'
import type { CouponProvider, CouponRequest, Trouble } from '../../ports/coupon-provider.ts'
import type { Access, Promotions, Site } from '../../ports/hands.ts'
import type { Told } from '../../ports/platform-calls.ts'
import type { Closed, PlatformDoor } from '../../ports/platform-door.ts'

export interface StripeProviderOptions {
  /** Without one nothing is installed. */
  readonly door?: PlatformDoor
}

const PERMISSIONS = [
  'rak_coupon_read',
  'rak_coupon_write',
  'rak_promotion_code_read',
  'rak_promotion_code_write',
] as const
const MAX_COUPON_ID = 200

const settingsShape = z.strictObject({
  couponId: z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/, 'must be the id of a coupon at Stripe: A to Z, a to z, 0 to 9, _ and -')
    .max(MAX_COUPON_ID, `must have at most ${MAX_COUPON_ID} characters`)
    .optional(),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'must be a currency by ISO 4217, such as EUR')
    .optional(),
})

type Asking = Pick<CouponRequest, 'accountId' | 'connectorId'> & { readonly signal?: AbortSignal }

/** Makes promotion codes in the merchant's Stripe account, with the key of a connector. */
export function createStripeProvider({ door }: StripeProviderOptions): CouponProvider {
  async function ask<T>(
    { accountId, connectorId, signal }: Asking,
    call: (promotions: Promotions, site: Site, access: Access) => Promise<Told<T>>,
  ): Promise<Told<T> | Closed> {
    if (door === undefined || connectorId === null) return { outcome: 'closed', code: 'NOT_INSTALLED' }
    return door.use<T>(accountId, connectorId, async ({ promotions }, site, access) => {
      if (promotions === undefined) throw new TypeError(`${site.connectorId} makes no promotion codes`)
      return call(promotions, signal === undefined ? site : { ...site, signal }, access)
    })
  }

  return {
    kind: 'stripe',
    claims: false,
    settings: settingsShape,
    credentials: null,
    connector: { platform: 'stripe', scopes: PERMISSIONS },
    async faultOf(reward, standing) {
      const told = await ask(standing, (promotions, site, access) =>
        promotions.faultOf(site, access, reward, standing.settings),
      )
      if (told.outcome === 'ok') return told.value
      throw new AppError('PLATFORM_UNAVAILABLE', unheard(told).reason)
    },
    async issue(request) {
      const told = await ask(request, (promotions, site, access) => promotions.issue(site, access, request))
      return told.outcome === 'ok' ? told.value : unheard(told)
    },
    async revoke(request) {
      const told = await ask(request, (promotions, site, access) => promotions.revoke(site, access, request))
      return told.outcome === 'ok' ? told.value : unheard(told)
    },
    async used(request) {
      const told = await ask(request, (promotions, site, access) => promotions.used(site, access, request))
      return told.outcome === 'ok' ? told.value : unheard(told)
    },
  }
}

/** Nothing was asked, or nothing came of it that is about the coupon. */
function unheard(told: Exclude<Told<never>, { outcome: 'ok' }> | Closed): Trouble {
  if (told.outcome === 'unavailable') {
    const { message, retryAfterMs } = told
    return { outcome: 'retry', trouble: 'fault', reason: `PROVIDER_UNAVAILABLE: ${message}`, retryAfterMs }
  }
  const code = told.outcome === 'closed' ? told.code : 'TOKEN_REFUSED'
  const why = code === 'NOT_INSTALLED' ? 'is not installed' : 'has a key that Stripe does not take'
  const reason = `${code}: the connector of the coupon provider ${why}`
  return { outcome: 'retry', trouble: 'access', reason, retryAfterMs: null }
}

import type { Instant } from '../../../src/ports/clock.ts'
import type { Site, Standing } from '../../../src/ports/hands.ts'
import type { Told } from '../../../src/ports/platform-calls.ts'
import { doorOf, renewAtOf, type ShopifyAccess, shopOf } from './access.ts'
import type { Admin } from './admin.ts'
import type { Deadline } from './deadline.ts'
import { SHOP_QUERY } from './queries.ts'
import { grants, missingScopes, NEEDED_SCOPE } from './scopes.ts'

interface ShopAnswer {
  readonly shop: { readonly id: string; readonly myshopifyDomain: string; readonly currencyCode: string }
  readonly currentAppInstallation: { readonly accessScopes: readonly { readonly handle: string }[] }
}

export interface ShopStanding extends Standing {
  readonly access: ShopifyAccess
}

/** Asks whose the access is and what it lets do. */
export async function askStanding(
  admin: Admin,
  site: Site,
  access: ShopifyAccess,
  deadline: Deadline,
  now: Instant,
): Promise<Told<ShopStanding>> {
  const asked = await admin.ask<ShopAnswer>(
    doorOf(site, access),
    SHOP_QUERY,
    {},
    { priority: 'setup', deadline },
  )
  if (asked.outcome !== 'ok') return asked
  const { shop, currentAppInstallation } = asked.value
  const scopes = currentAppInstallation.accessScopes.map(({ handle }) => handle)
  const known = { ...access, scopes, currency: shop.currencyCode }
  return {
    outcome: 'ok',
    value: {
      access: known,
      renewAt: renewAtOf(known, now),
      externalId: /\/(\d+)$/.exec(shop.id)?.[1] ?? null,
      scopes,
      missingScopes: missingScopes(scopes, site.readsProducts),
      problems: [
        ...cannotBeRenewed(known),
        ...scopesMissing(scopes),
        ...ofAnotherShop(site, shop.myshopifyDomain),
      ],
    },
  }
}

function ofAnotherShop(site: Site, answered: string): Standing['problems'] {
  const own = shopOf(site)
  if (answered.toLowerCase() === own.toLowerCase()) return []
  const message = `The access is for the shop ${answered}, not for ${own}: give that of ${own}, or change settings.shopDomain.`
  return [{ code: 'SHOP_MISMATCH', message }]
}

function scopesMissing(scopes: readonly string[]): Standing['problems'] {
  if (grants(scopes, NEEDED_SCOPE)) return []
  const message = `The app may not read orders: give it the scope ${NEEDED_SCOPE}, release the version, and let the shop take it.`
  return [{ code: 'SCOPES_MISSING', message }]
}

/** A consent that brought no refresh token: Shopify is about to refuse such tokens, or this one ends by itself. */
function cannotBeRenewed({ method, refreshToken, expiresAt }: ShopifyAccess): Standing['problems'] {
  if (method !== 'oauth' || refreshToken !== null) return []
  const end = expiresAt === null ? '' : ` and ends at ${new Date(expiresAt).toISOString()}`
  const message = `Shopify gave an access token without a refresh token: it cannot be renewed${end}. Install again.`
  return [{ code: 'TOKEN_REFUSED', message }]
}

import type { HandsParts, MakeHands, Site } from '../../../src/ports/hands.ts'
import type { Told } from '../../../src/ports/platform-calls.ts'
import {
  adminToken,
  appKeys,
  doorOf,
  formerSecretOf,
  keysOf,
  METHODS,
  type Method,
  readAccess,
  renewAtOf,
  type ShopifyAccess,
  shopOf,
} from './access.ts'
import { createAdmin } from './admin.ts'
import { consent } from './consent.ts'
import { ALL_TRIES_MS, type Deadline, deadlineIn } from './deadline.ts'
import { createDiscounts } from './discounts.ts'
import { RECENT_DAYS, readOrders } from './orders.ts'
import { wantedTopics } from './scopes.ts'
import { askStanding } from './standing.ts'
import { mendSubscriptions, removeSubscriptions } from './subscriptions.ts'
import { createTokens, type Granted } from './tokens.ts'
import { refuse } from './told.ts'

/** What can be done in a Shopify shop by an app of the merchant's own. */
export const createShopifyHands: MakeHands = ({ calls, clock }: HandsParts) => {
  const admin = createAdmin(calls)
  const tokens = createTokens(calls, clock)
  const begin = ({ signal }: Site): Deadline => deadlineIn(ALL_TRIES_MS, signal)

  async function grantFirst(
    site: Site,
    method: Method,
    given: Readonly<Record<string, unknown>>,
    deadline: Deadline,
  ): Promise<Told<ShopifyAccess>> {
    const nothing = { clientId: '', scopes: [], currency: null, formerSecret: null }
    if (method === 'admin_token') {
      const known = adminToken.parse(given)
      const endless = { expiresAt: null, lifeMs: null, refreshToken: null }
      return { outcome: 'ok', value: { method, ...nothing, ...known, ...endless } }
    }
    const { code, ...rest } = given
    const keys = appKeys.parse(rest)
    const granted =
      method === 'oauth'
        ? await tokens.byCode(shopOf(site), keys, String(code), deadline)
        : await tokens.byClientCredentials(shopOf(site), keys, deadline)
    return withGranted(granted, { method, ...nothing, ...keys })
  }

  async function renewed(
    site: Site,
    access: ShopifyAccess,
    deadline: Deadline,
  ): Promise<Told<ShopifyAccess>> {
    const keys = keysOf(access)
    if (access.method === 'client_credentials') {
      return withGranted(await tokens.byClientCredentials(shopOf(site), keys, deadline), access)
    }
    if (access.refreshToken === null) return refuse('access', 'this access token cannot be renewed')
    return withGranted(await tokens.byRefreshToken(shopOf(site), keys, access.refreshToken, deadline), access)
  }

  return {
    platform: 'shopify',
    methods: {
      client_credentials: { given: appKeys, needsConsent: false },
      oauth: { given: appKeys, needsConsent: true },
      admin_token: { given: adminToken, needsConsent: false },
    },
    consent,

    async enter(site, method, given) {
      const deadline = begin(site)
      const known = METHODS.find((one) => one === method)
      if (known === undefined) return refuse('request', 'Shopify has no such method', 'method')
      const granted = await grantFirst(site, known, given, deadline)
      if (granted.outcome !== 'ok') return granted
      const standing = await askStanding(admin, site, granted.value, deadline, clock.now())
      if (standing.outcome !== 'ok') return standing
      const other = standing.value.problems.find(({ code }) => code === 'SHOP_MISMATCH')
      if (other !== undefined) return refuse('shop', other.message, 'settings.shopDomain')
      const formerSecret = formerSecretOf(site.former, granted.value)
      const access = { ...standing.value.access, formerSecret }
      const webhookSecrets = [access.clientSecret, ...(formerSecret === null ? [] : [formerSecret])]
      return { outcome: 'ok', value: { ...standing.value, access, webhookSecrets } }
    },

    async renew(site, given) {
      const told = await renewed(site, readAccess(given), begin(site))
      if (told.outcome !== 'ok') return told
      return { outcome: 'ok', value: { access: told.value, renewAt: renewAtOf(told.value, clock.now()) } }
    },

    async mend(site, given) {
      const deadline = begin(site)
      const standing = await askStanding(admin, site, readAccess(given), deadline, clock.now())
      if (standing.outcome !== 'ok') return standing
      const { access, scopes, problems } = standing.value
      const topics = wantedTopics(scopes)
      const mended = await mendSubscriptions(admin, site, doorOf(site, access), topics, deadline)
      if (mended.outcome !== 'ok') return mended
      const { subscriptions, trouble } = mended.value
      const missing = subscriptions.filter(({ state }) => state === 'missing').map(({ topic }) => topic)
      const message = `Shopify does not tell of ${missing.join(', ')}: ${trouble ?? ''}`
      const absent = missing.length === 0 ? [] : [{ code: 'SUBSCRIPTION_MISSING' as const, message }]
      return {
        outcome: 'ok',
        value: {
          ...standing.value,
          problems: [...problems, ...absent],
          subscriptions,
          newWebhookSecrets: [],
        },
      }
    },

    async leave(site, given) {
      const access = readAccess(given)
      const told = await removeSubscriptions(admin, site, doorOf(site, access), begin(site))
      const isOver = told.outcome === 'refused' && told.refused === 'access'
      return isOver ? { outcome: 'ok', value: null } : told
    },

    discounts: createDiscounts(admin),

    reach: { days: RECENT_DAYS, unless: 'read_all_orders' },

    async readOrders(site, given, query) {
      const access = readAccess(given)
      return await readOrders(admin, doorOf(site, access), access, query, begin(site))
    },

    async isGone(site, given) {
      const told = await askStanding(admin, site, readAccess(given), begin(site), clock.now())
      return told.outcome === 'unavailable' ? told : { outcome: 'ok', value: isRefusal(told) }
    },
  }
}

/** The token itself is not taken: 401 or 403. */
function isRefusal(told: Told<unknown>): boolean {
  return told.outcome === 'refused' && told.refused !== 'request'
}

function withGranted(granted: Told<Granted>, known: Omit<ShopifyAccess, keyof Granted>): Told<ShopifyAccess> {
  return granted.outcome === 'ok' ? { outcome: 'ok', value: { ...known, ...granted.value } } : granted
}

import { z } from 'zod'
import type { Access, Hands, HandsParts, Mended, Site, Standing } from '../../../src/ports/hands.ts'
import type { Told } from '../../../src/ports/platform-calls.ts'
import { callLimits } from '../../tries.ts'
import { type Asking, ask, askOnce } from './ask.ts'
import { stripeClient } from './client.ts'
import { mendEndpoint, removeEndpoints } from './endpoint.ts'
import { accountIn, askPermissions, type Permitted } from './permissions.ts'
import { createPromotions } from './promotions/index.ts'
import { readOrders } from './read-orders.ts'

/** What opens an account: the key, and the endpoint whose secret we hold. */
const StripeAccess = z.object({ apiKey: z.string(), endpointId: z.string().nullable().default(null) })

/** A restricted key, or a secret one, which may do more than is needed. */
const apiKey = z
  .string()
  .max(256, 'at most 256 characters')
  .regex(
    /^[rs]k_(?:test|live)_[A-Za-z0-9]+$/,
    'must be a restricted key of Stripe: rk_live_… or rk_test_…, copied without spaces',
  )

/**
 * What is done at Stripe with a merchant's restricted key. README.md says what the key needs; Stripe's own API of
 * `API_VERSION`, https://docs.stripe.com/api.
 */
export function createStripeHands(parts: HandsParts): Hands {
  const { calls, clock } = parts
  const open = (site: Site, access: Access): Asking & z.infer<typeof StripeAccess> => {
    const known = StripeAccess.parse(access)
    const limits = callLimits(site.signal)
    return { ...known, ...limits, stripe: stripeClient(calls, known.apiKey, limits.signal) }
  }
  return {
    platform: 'stripe',
    methods: { restricted_key: { given: z.strictObject({ apiKey }), needsConsent: false } },
    async enter(site, _method, given) {
      const asking = open(site, given)
      const told = await askStanding(asking, { apiKey: asking.apiKey, endpointId: endpointOf(site.former) })
      return told.outcome === 'ok' ? { ...told, value: { ...told.value, webhookSecrets: [] } } : told
    },
    mend: (site, access) => mend(open(site, access), site),
    async leave(site, access) {
      const asking = open(site, access)
      const told = await removeEndpoints(asking, site, asking.endpointId)
      const isDead = told.outcome === 'refused' && told.refused === 'access'
      return isDead ? { outcome: 'ok', value: null } : told
    },
    async isGone(site, access) {
      const asking = open(site, access)
      const told = await ask(asking, () => asking.stripe.charges.list({ limit: 1 }))
      if (told.outcome === 'unavailable') return told
      return { outcome: 'ok', value: told.outcome === 'refused' && told.refused === 'access' }
    },
    promotions: createPromotions(parts, (access) => StripeAccess.parse(access).apiKey),
    readOrders: (site, access, query) => readOrders(open(site, access), query, clock.now()),
  }
}

/** The endpoint of an access that was in use until now; it may be of another account, and then it is not found there. */
function endpointOf(former: Access | null): string | null {
  return former === null ? null : (StripeAccess.safeParse(former).data?.endpointId ?? null)
}

async function mend(asking: Asking & z.infer<typeof StripeAccess>, site: Site): Promise<Told<Mended>> {
  const { apiKey, endpointId } = asking
  const standing = await askStanding(asking, { apiKey, endpointId })
  if (standing.outcome !== 'ok') return standing
  const mended = await mendEndpoint(asking, site, endpointId)
  if (mended.outcome !== 'ok') return mended
  const { newSecret, subscriptions, trouble } = mended.value
  // one that is only not to be seen may still be there
  const kept = mended.value.endpointId ?? (trouble === null ? null : endpointId)
  return {
    outcome: 'ok',
    value: {
      ...standing.value,
      access: { apiKey, endpointId: kept },
      subscriptions,
      newWebhookSecrets: newSecret === null ? [] : [newSecret],
      problems: [...standing.value.problems, ...problemsOf(subscriptions, trouble)],
    },
  }
}

async function askStanding(asking: Asking, access: Access): Promise<Told<Standing>> {
  const [account, permitted] = await Promise.all([askAccount(asking), askPermissions(asking)])
  if (permitted.outcome !== 'ok') return permitted
  const { scopes, missingScopes, missingNeeds } = permitted.value
  return {
    outcome: 'ok',
    value: {
      access,
      renewAt: null,
      externalId: account ?? permitted.value.accountId,
      scopes,
      missingScopes,
      problems: missingNeeds.length === 0 ? [] : [scopesMissing(missingNeeds)],
    },
  }
}

/** A restricted key may not be allowed to ask for it: then the refusal names the account, or nobody knows it. */
async function askAccount(asking: Asking): Promise<string | null> {
  const told = await askOnce(() => asking.stripe.accounts.retrieveCurrent())
  return told.outcome === 'ok' ? told.value.id : accountIn([told.message])
}

function scopesMissing(names: Permitted['missingNeeds']): Standing['problems'][number] {
  return {
    code: 'SCOPES_MISSING',
    message: `The key lacks ${names.join(', ')}: give it these permissions in the Dashboard (Developers, API keys, Edit key), then check again.`,
  }
}

function problemsOf(subscriptions: Mended['subscriptions'], trouble: string | null): Standing['problems'] {
  const why = trouble === null ? '' : ` Stripe said: ${trouble}`
  if (subscriptions.some(({ state }) => state === 'missing')) {
    const message = `Stripe does not tell of all events: the webhook endpoint could not be made or changed.${why}`
    return [{ code: 'SUBSCRIPTION_MISSING', message }]
  }
  if (subscriptions.some(({ state }) => state === 'failing')) {
    const message = `Stripe has switched the webhook endpoint off, and it could not be switched on again.${why}`
    return [{ code: 'SUBSCRIPTION_FAILING', message }]
  }
  return []
}

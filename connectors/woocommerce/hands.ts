import { randomBytes } from 'node:crypto'
import type { Access, Hands, HandsParts, Mended, Site, Standing } from '../../src/ports/hands.ts'
import type { Told } from '../../src/ports/platform-calls.ts'
import { callLimits } from '../tries.ts'
import { readAccess, restKeys, type WooAccess } from './access.ts'
import { deleteHook, ourHooks } from './hooks.ts'
import { mendHooks } from './mend-hooks.ts'
import { readOrders } from './read-orders.ts'
import type { Asking } from './rest.ts'
import { siteName } from './site.ts'

const SECRET_BYTES = 32

/** Letters and digits: WordPress signs with other signs in another form than it was given. */
const newSecret = (): string => randomBytes(SECRET_BYTES).toString('hex')

/**
 * A shop's webhooks by its REST API: four of them, which lead here and are signed with a secret of ours.
 * https://woocommerce.github.io/woocommerce-rest-api-docs/#webhooks
 */
export function createWooHands({ calls, clock }: HandsParts): Hands {
  const askingOf = (site: Site, access: WooAccess): Asking => ({
    ...{ calls, clock, site, access },
    limits: callLimits(site.signal),
  })

  return {
    platform: 'woocommerce',
    methods: { rest_keys: { given: restKeys, needsConsent: false } },

    async enter(site, _method, given) {
      const keys = restKeys.parse(given)
      const fresh = { ...keys, webhookSecret: newSecret(), signedHooks: [] }
      // the secret is kept before a webhook is signed with it: WooCommerce sends nothing twice
      const taken = await findRoute((route) => askingOf(site, { ...fresh, route }))
      if (taken.outcome !== 'ok') return taken
      const { access } = taken.value
      const value = { ...standingOf(site, access, true), webhookSecrets: [access.webhookSecret] }
      return { outcome: 'ok', value }
    },

    async mend(site, access): Promise<Told<Mended>> {
      const asking = askingOf(site, readAccess(access))
      const hooks = await ourHooks(asking)
      if (hooks.outcome !== 'ok') return hooks
      const mended = await mendHooks(asking, hooks.value)
      if (mended.outcome !== 'ok') return mended
      const { subscriptions, signedHooks, canWrite } = mended.value
      const standing = standingOf(site, { ...asking.access, signedHooks }, canWrite)
      return { outcome: 'ok', value: { ...standing, subscriptions, newWebhookSecrets: [] } }
    },

    async leave(site, access) {
      const asking = askingOf(site, readAccess(access))
      const hooks = await ourHooks(asking)
      if (hooks.outcome !== 'ok') return goneIsLeft(hooks)
      for (const { id } of hooks.value) {
        const told = await deleteHook(asking, id)
        if (told.outcome !== 'ok') return goneIsLeft(told)
      }
      return { outcome: 'ok', value: null }
    },

    readOrders: (site, access, query) => readOrders(askingOf(site, readAccess(access)), query),

    async isGone(site, access) {
      const told = await ourHooks(askingOf(site, readAccess(access)))
      if (told.outcome === 'ok') return { outcome: 'ok', value: false }
      return told.outcome === 'refused' && told.refused === 'access' ? { outcome: 'ok', value: true } : told
    },
  }
}

/** The way on which the site answers its REST API: a page in place of JSON tells that it is the other one. */
async function findRoute(askingBy: (route: WooAccess['route']) => Asking): Promise<Told<Asking>> {
  const pretty = askingBy('pretty')
  const first = await ourHooks(pretty)
  if (first.outcome === 'ok') return { outcome: 'ok', value: pretty }
  if (first.outcome !== 'refused' || first.path !== 'siteUrl') return first
  const plain = askingBy('plain')
  const second = await ourHooks(plain)
  return second.outcome === 'ok' ? { outcome: 'ok', value: plain } : second
}

function standingOf(site: Site, access: Access, canWrite: boolean): Standing {
  return {
    access,
    renewAt: null,
    externalId: siteName(site.settings),
    scopes: canWrite ? ['read', 'write'] : ['read'],
    missingScopes: canWrite ? [] : ['write'],
    problems: canWrite ? [] : [{ code: 'SCOPES_MISSING', message: READ_ONLY }],
  }
}

const READ_ONLY =
  'The key may only read: under WooCommerce → Settings → Advanced → REST API give it the permission Read/Write, or install with another key.'

/** Keys that are refused open nothing any more: there is nothing left that could be removed with them. */
function goneIsLeft(told: Exclude<Told<unknown>, { outcome: 'ok' }>): Told<null> {
  return told.outcome === 'refused' && told.refused === 'access' ? { outcome: 'ok', value: null } : told
}

import { z } from 'zod'
import type { Instant } from '../../../src/ports/clock.ts'
import type { Access, Site } from '../../../src/ports/hands.ts'
import { secretText } from '../../credentials.ts'
import { clientSecret } from '../secrets.ts'
import type { ShopDoor } from './admin.ts'
import type { AppKeys } from './library.ts'

/** A client id, as it stands beside the secret of the app. */
const clientId = z
  .string()
  .regex(/^\S*$/, 'must not hold white space: copy it without spaces and line breaks')
  .min(1, 'must not be blank')
  .max(256, 'at most 256 characters')

const accessToken = secretText
  .regex(/^\S*$/, 'must not hold white space: copy it without spaces and line breaks')
  .regex(/^[\s!-~]*$/, 'must be letters, digits and signs of ASCII, as Shopify shows it: copy it again')
  .regex(
    /^(?!shpss_)/,
    'is a client secret of Shopify, which opens no shop: give the Admin API access token (shpat_…)',
  )

/** An app of the Dev Dashboard. */
export const appKeys = z.strictObject({ clientId, clientSecret })
/** A custom app that the shop's admin made before 2026. */
export const adminToken = z.strictObject({ accessToken, clientSecret })

export const METHODS = ['client_credentials', 'oauth', 'admin_token'] as const
export type Method = (typeof METHODS)[number]

/** What opens a shop. */
const accessShape = z.object({
  method: z.enum(METHODS),
  clientId: z.string(),
  clientSecret: z.string(),
  accessToken: z.string(),
  /** null: it does not end by itself. */
  expiresAt: z.number().nullable(),
  /** Of the whole token; null where it does not end, or was kept by a version that did not note it. */
  lifeMs: z.number().nullable().default(null),
  refreshToken: z.string().nullable(),
  /** As granted when the shop was last asked. */
  scopes: z.array(z.string()),
  /** The shop's own currency: what an amount of a discount is in. */
  currency: z.string().nullable(),
  /** Of the same app before it was rotated: the shop signs by it until it is revoked there. null: there is none. */
  formerSecret: z.string().nullable().default(null),
})
export type ShopifyAccess = z.infer<typeof accessShape>

/** @throws where it was not given by these hands */
export function readAccess(access: Access): ShopifyAccess {
  return accessShape.parse(access)
}

/**
 * The secret that a new one replaces where both are of the same app. Shopify goes on signing by the oldest until it is
 * revoked (https://shopify.dev/docs/apps/build/webhooks/verify-deliveries).
 */
export function formerSecretOf(
  former: Access | null,
  { clientId: id, clientSecret: secret }: AppKeys,
): string | null {
  const before = accessShape.safeParse(former).data
  if (before === undefined || id === '' || before.clientId !== id) return null
  return before.clientSecret === secret ? before.formerSecret : before.clientSecret
}

export function keysOf({ clientId: id, clientSecret: secret }: ShopifyAccess): AppKeys {
  return { clientId: id, clientSecret: secret }
}

export function shopOf({ settings }: Pick<Site, 'settings'>): string {
  return String(settings.shopDomain)
}

export function doorOf(site: Pick<Site, 'settings'>, access: ShopifyAccess): ShopDoor {
  return { shop: shopOf(site), ...keysOf(access), accessToken: access.accessToken }
}

/** All that must not show in an error text. */
export function secretsOf({
  clientSecret: secret,
  accessToken: token,
  refreshToken,
  formerSecret,
}: ShopifyAccess): string[] {
  return [secret, token, refreshToken ?? '', formerSecret ?? '']
}

const MIN_LEFT_MS = 5 * 60_000
const LEFT_OF_LIFE = 0.1
/** Where a token ends no sooner, one that is idle is renewed at the latest then: refresh tokens die after 90 idle days. */
const IDLE_MS = 30 * 86_400_000

/** When less than a tenth of its life, at least 5 minutes, is left; a whole number of milliseconds. */
export function renewAtOf(
  { expiresAt, lifeMs }: Pick<ShopifyAccess, 'expiresAt' | 'lifeMs'>,
  now: Instant,
): Instant | null {
  if (expiresAt === null) return null
  const life = lifeMs ?? expiresAt - now
  return Math.floor(Math.min(expiresAt - Math.max(life * LEFT_OF_LIFE, MIN_LEFT_MS), now + IDLE_MS))
}

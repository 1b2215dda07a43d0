import { z } from 'zod'

const key = (prefix: string) =>
  z
    .string()
    .regex(
      new RegExp(`^${prefix}_\\S+$`),
      `must begin with ${prefix}_, as under WooCommerce → Settings → Advanced → REST API`,
    )
    .max(256, 'at most 256 characters')

/** What a merchant gives: a key of the REST API that may read and write, of somebody who manages the shop. */
export const restKeys = z.strictObject({ consumerKey: key('ck'), consumerSecret: key('cs') })

const accessShape = restKeys.extend({
  /** With plain permalinks a site answers `?rest_route=` alone. */
  route: z.enum(['pretty', 'plain']),
  /** What our webhooks are signed with. */
  webhookSecret: z.string(),
  /** Webhooks that are known to be signed with it: WooCommerce shows no secrets. */
  signedHooks: z.array(z.string()),
})

/** What opens a shop's REST API, and what is known of our webhooks there. */
export type WooAccess = z.infer<typeof accessShape>

/** @throws ZodError for what was not made by these hands */
export function readAccess(access: Readonly<Record<string, unknown>>): WooAccess {
  return accessShape.parse(access)
}

import { z } from 'zod'
import type { Clock } from '../../../src/ports/clock.ts'
import type { PlatformAnswer, PlatformCalls, Told } from '../../../src/ports/platform-calls.ts'
import type { ShopifyAccess } from './access.ts'
import { type Deadline, pauseBefore } from './deadline.ts'
import { type AppKeys, converse } from './library.ts'
import { byStatus, noAnswer, readObject, refuse, unavailable } from './told.ts'

/** What a grant brings. Scopes are asked for afterwards: those of a token may be older than the app's. */
export type Granted = Pick<ShopifyAccess, 'accessToken' | 'expiresAt' | 'lifeMs' | 'refreshToken'>

/** `POST /admin/oauth/access_token`, in its three forms. */
export interface Tokens {
  byClientCredentials(shop: string, keys: AppKeys, deadline: Deadline): Promise<Told<Granted>>
  /** A code is good once: tried again only where Shopify surely did not see it. */
  byCode(shop: string, keys: AppKeys, code: string, deadline: Deadline): Promise<Told<Granted>>
  /** The refresh token goes on working until a token of the new pair is used for the first time. */
  byRefreshToken(
    shop: string,
    keys: AppKeys,
    refreshToken: string,
    deadline: Deadline,
  ): Promise<Told<Granted>>
}

const answerShape = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive().optional(),
  refresh_token: z.string().min(1).optional(),
})

/** What Shopify calls the refusals of a grant, and which field they are about. */
const ABOUT: Readonly<Record<string, string>> = {
  application_cannot_be_found: 'clientId',
  invalid_client: 'clientSecret',
  app_not_installed: 'settings.shopDomain',
  shop_not_permitted: 'settings.shopDomain',
}

export function createTokens(calls: PlatformCalls, clock: Clock): Tokens {
  async function grant(
    secrets: readonly string[],
    deadline: Deadline,
    mayRepeat: boolean,
    send: () => Promise<PlatformAnswer>,
  ): Promise<Told<Granted>> {
    for (let tried = 1; ; tried += 1) {
      const told = await send().then((answer) => judge(answer, secrets), noAnswer)
      const wasThrottled = told.outcome === 'unavailable' && told.message.startsWith('429')
      if (told.outcome !== 'unavailable' || !(mayRepeat || wasThrottled)) return told
      const pause = pauseBefore(tried)
      const wait = pause === null ? null : Math.max(pause, told.retryAfterMs ?? 0)
      if (wait === null || !(await deadline.wait(wait))) return told
    }
  }

  function judge(answer: PlatformAnswer, secrets: readonly string[]): Told<Granted> {
    const body = readObject(answer.text)
    const refusal = byStatus(answer, secrets)
    if (refusal?.outcome === 'refused') {
      // a page instead of words is of something else that answers there
      const path = refusal.path ?? ABOUT[String(body?.error)]
      return refuse('access', refusal.message, path)
    }
    if (refusal !== null) return refusal
    const read = answerShape.safeParse(body)
    if (!read.success) return unavailable(`${answer.status} with an answer that holds no token`)
    const { access_token: accessToken, expires_in: seconds, refresh_token: refreshToken } = read.data
    const lifeMs = seconds === undefined ? null : Math.floor(seconds * 1_000)
    const expiresAt = lifeMs === null ? null : clock.now() + lifeMs
    return { outcome: 'ok', value: { accessToken, expiresAt, lifeMs, refreshToken: refreshToken ?? null } }
  }

  return {
    byClientCredentials: (shop, keys, deadline) =>
      grant([keys.clientSecret], deadline, true, () =>
        converse(calls, deadline.signal, keys, (api) => api.auth.clientCredentials({ shop })),
      ),
    byRefreshToken: (shop, keys, refreshToken, deadline) =>
      grant([keys.clientSecret, refreshToken], deadline, true, () =>
        converse(calls, deadline.signal, keys, (api) => api.auth.refreshToken({ shop, refreshToken })),
      ),
    // the library only exchanges a code that comes with a cookie of its own
    byCode: (shop, { clientId, clientSecret }, code, deadline) =>
      grant([clientSecret, code], deadline, false, () =>
        calls('shopify', {
          method: 'POST',
          url: `https://${shop}/admin/oauth/access_token`,
          headers: { 'content-type': 'application/json', accept: 'application/json' },
          body: JSON.stringify({
            client_id: clientId,
            client_secret: clientSecret,
            code,
            expiring: '1',
          }),
          signal: deadline.signal,
        }),
      ),
  }
}

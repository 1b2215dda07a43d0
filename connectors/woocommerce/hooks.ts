import type { Told } from '../../src/ports/platform-calls.ts'
import { withTries } from '../tries.ts'
import { readId } from './hook-id.ts'
import { type Asking, askShop, askShopOnce, type RestAnswer } from './rest.ts'

/** A webhook of ours in a shop. */
export interface ShopHook {
  readonly id: string
  readonly topic: string
  readonly status: string
  readonly deliveryUrl: string
}

const PER_PAGE = 100
/** More webhooks than any shop has. */
const MAX_PAGES = 20

/**
 * The webhooks of the shop that lead to this connector, wherever the server was when they were made, in the order in
 * which they were made. All others are nobody's but the merchant's.
 */
export async function ourHooks(asking: Asking): Promise<Told<readonly ShopHook[]>> {
  const hooks: ShopHook[] = []
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const query = { per_page: String(PER_PAGE), page: String(page) }
    const told = await askShop(asking, { method: 'GET', path: 'webhooks', query })
    if (told.outcome !== 'ok') return told
    const rows = Array.isArray(told.value.json) ? (told.value.json as readonly unknown[]) : []
    hooks.push(
      ...rows.flatMap(readHook).filter(({ deliveryUrl }) => deliveryUrl.endsWith(asking.site.webhookPath)),
    )
    if (rows.length < PER_PAGE) break
  }
  return { outcome: 'ok', value: hooks.toSorted((a, b) => Number(a.id) - Number(b.id)) }
}

function readHook(row: unknown): ShopHook[] {
  const { id, topic, status, delivery_url: deliveryUrl } = (row ?? {}) as Record<string, unknown>
  const known = readId(id)
  return known !== null &&
    typeof topic === 'string' &&
    typeof status === 'string' &&
    typeof deliveryUrl === 'string'
    ? [{ id: known, topic, status, deliveryUrl }]
    : []
}

/** Makes a webhook, signed with our secret. Tried again only after looking whether it is there. */
export async function createHook(asking: Asking, topic: string): Promise<Told<ShopHook>> {
  const { site, access, limits } = asking
  return await withTries(async (signal, triedBefore) => {
    if (triedBefore > 0) {
      const there = await ourHooks(asking)
      if (there.outcome !== 'ok') return there
      const made = there.value.findLast(
        (hook) => hook.topic === topic && hook.deliveryUrl === site.webhookUrl,
      )
      if (made !== undefined) return { outcome: 'ok', value: made }
    }
    const body = {
      name: `Streakline: ${topic}`,
      topic,
      delivery_url: site.webhookUrl,
      secret: access.webhookSecret,
      status: 'active',
    }
    return readMade(await askShopOnce(asking, { method: 'POST', path: 'webhooks', body }, signal))
  }, limits)
}

/** Changes a webhook: its address, its secret, or that it is active. Again it changes nothing. */
export async function updateHook(
  asking: Asking,
  id: string,
  body: Readonly<Record<string, string>>,
): Promise<Told<ShopHook>> {
  return await withTries(
    async (signal) =>
      readMade(await askShopOnce(asking, { method: 'PUT', path: `webhooks/${id}`, body }, signal)),
    asking.limits,
  )
}

function readMade(told: Told<RestAnswer>): Told<ShopHook> {
  if (told.outcome !== 'ok') return told
  const [hook] = readHook(told.value.json)
  return hook === undefined
    ? {
        outcome: 'unavailable',
        message: 'the shop answered with something that is no webhook',
        retryAfterMs: null,
      }
    : { outcome: 'ok', value: hook }
}

/** Removes a webhook for good; one that is gone already is removed. */
export async function deleteHook(asking: Asking, id: string): Promise<Told<null>> {
  const query = { force: 'true' }
  const told = await askShop(asking, { method: 'DELETE', path: `webhooks/${id}`, query })
  if (told.outcome === 'ok' || (told.outcome === 'refused' && told.message.startsWith('404'))) {
    return { outcome: 'ok', value: null }
  }
  return told
}

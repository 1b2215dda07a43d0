import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { ASKED_SCOPES, missingScopes } from '../../connectors/shopify/hands/scopes.ts'
import { shopify } from '../../connectors/shopify/index.ts'
import type { Access } from '../../src/ports/hands.ts'
import { tell } from '../helpers/doubles.ts'
import { rule } from '../helpers/rules.ts'
import { type ScriptedServer, startScriptedServer } from '../helpers/scripted-server.ts'
import { type PlayedShop, SHOP, siteOf, startPlayedShop, valueIn } from '../helpers/shopify-shop.ts'

/** docs/connect-shopify.md, step by step, against the double. */
const PAGE = readFileSync(new URL('../../docs/connect-shopify.md', import.meta.url), 'utf8')
const TEMPLATE = readFileSync(new URL('../../connectors/shopify/shopify.app.toml', import.meta.url), 'utf8')

/** Bodies of `install` that the page shows. */
const BODIES = [...PAGE.matchAll(/\{"method": "[^}]*\}/g)].map(
  ([text]) => JSON.parse(text) as Record<string, string>,
)

let shop: PlayedShop

beforeEach(async () => {
  shop = await startPlayedShop()
})

afterEach(() => shop.double.stop())

/** What the page leaves open, as the merchant fills it in. */
async function filled({ method, ...body }: Record<string, string>): Promise<[string, Access]> {
  const { accessToken } = await tell<{ accessToken: string }>(shop.double, 'POST /tokens')
  const known: Record<string, string> = {
    clientId: shop.app.id,
    clientSecret: shop.app.secrets[0] ?? '',
    accessToken,
  }
  return [method ?? '', Object.fromEntries(Object.keys(body).map((name) => [name, known[name]]))]
}

describe('the page on connecting a Shopify shop', () => {
  it('shows a body for each way in, and each is taken', async () => {
    expect(BODIES.map(({ method }) => method).sort()).toEqual(Object.keys(shop.hands.methods).sort())
    for (const body of BODIES) {
      const [method, given] = await filled(body)
      expect([method, shop.hands.methods[method]?.given.safeParse(given).success]).toEqual([method, true])
    }
  })

  it('leads from an app with the scopes that it names to a shop whose topics are all subscribed to', async () => {
    const [, asked = ''] = /\*\*Access → Scopes\*\*: `([^`]+)`/.exec(PAGE) ?? []
    expect(asked.split(',')).toEqual(ASKED_SCOPES)
    await tell(shop.double, 'POST /install', { scopes: asked.split(',') })
    const [method, given] = await filled(BODIES[0]!)
    const { access, problems } = valueIn(await shop.hands.enter(shop.site, method, given))
    expect(problems).toEqual([])
    const { subscriptions } = valueIn(await shop.hands.mend(shop.site, access))
    const sentence = PAGE.slice(PAGE.indexOf('subscribes to'), PAGE.indexOf('The connector is live'))
    const [always = '', withScopes = ''] = sentence.split('with their scopes')
    const topicsIn = (text: string) => [...text.matchAll(/`([a-z]+\/[a-z_]+)`/g)].map(([, topic]) => topic)
    expect(subscriptions).toEqual(topicsIn(always).map((topic) => ({ topic, state: 'ok' })))
    const more = ['read_customer_merge', 'read_shopify_payments_disputes']
    await tell(shop.double, 'POST /install', { scopes: [...asked.split(','), ...more] })
    const all = valueIn(await shop.hands.mend(shop.site, access)).subscriptions.map(({ topic }) => topic)
    expect(all.sort()).toEqual([...topicsIn(always), ...topicsIn(withScopes)].sort())
  })

  it('lists every scope that is needed or wanted', () => {
    const listed = [...PAGE.matchAll(/^ {3}\| `(\w+)` \|/gm)].map(([, scope]) => scope)
    expect(listed.sort()).toEqual(missingScopes([], true).sort())
  })

  it('says of refusals what Shopify calls them', async () => {
    const [method, given] = await filled(BODIES[0]!)
    const saying = async (more: object = {}) =>
      JSON.stringify(await shop.hands.enter(shop.site, method, { ...given, ...more }))
    expect(await saying({ clientSecret: 'shpss_00000000000000000000000000000000' })).toContain(
      'invalid_client',
    )
    await tell(shop.double, 'POST /apps', { id: shop.app.id, ownShops: false })
    expect(await saying()).toContain('shop_not_permitted')
    await tell(shop.double, 'POST /apps', { id: shop.app.id, ownShops: true })
    await tell(shop.double, 'POST /uninstall', {})
    expect(await saying()).toContain('app_not_installed')
    for (const word of ['invalid_client', 'shop_not_permitted', 'app_not_installed'])
      expect(PAGE).toContain(word)
  })
})

describe('the template of an app’s configuration', () => {
  const inTemplate = (name: string) => new RegExp(`^${name} = (.+)$`, 'm').exec(TEMPLATE)?.[1] ?? ''

  it('asks for what consent asks for, and leads back to the callback', () => {
    expect(JSON.parse(inTemplate('scopes'))).toBe(ASKED_SCOPES.join(','))
    expect(JSON.parse(inTemplate('redirect_urls'))).toEqual(['https://YOUR_SERVER/connect/shopify/callback'])
    expect(JSON.parse(inTemplate('api_version'))).toBe('2026-10')
  })

  it('brings the compliance topics to the one address for all shops, where they are understood', async () => {
    const server: ScriptedServer = await startScriptedServer((response) => response.end())
    try {
      const topics = JSON.parse(inTemplate('compliance_topics')) as string[]
      const address = new URL(JSON.parse(inTemplate('uri')) as string)
      expect(address.pathname).toBe('/webhooks/shopify')
      const uri = `http://127.0.0.1:${server.port}${address.pathname}`
      const enums = topics.map((topic) => topic.toUpperCase().replace('/', '_'))
      await tell(shop.double, 'POST /apps', { id: shop.app.id, webhooks: [{ topics: enums, uri }] })
      for (const topic of enums)
        await tell(shop.double, 'POST /compliance', { topic, id: '1', orders: ['2'] })
      await tell(shop.double, 'POST /deliveries/settled')
      const kinds = server.seen.map(({ headers, body }) => {
        const rawBody = Buffer.from(body)
        const verified = shopify.verify(
          { rawBody, headers: headers as Record<string, string>, secrets: shop.app.secrets, now: Date.now() },
          siteOf().settings,
        )
        if (!verified.ok) throw new Error(verified.message)
        const input = { rawBody, topic: verified.topic, receivedAt: Date.now(), rules: [rule()] }
        const settings = { shopDomain: SHOP }
        const told = shopify.translate({ ...input, purchaseSpace: 'p', orderIdFrom: null, settings })
        return told.kind === 'noted' && told.news.about === 'privacy' ? told.news.kind : told.kind
      })
      expect(kinds).toEqual(['data_request', 'customer_redact', 'shop_redact'])
    } finally {
      await server.stop()
    }
  })
})

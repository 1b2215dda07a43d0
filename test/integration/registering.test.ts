import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { z } from 'zod'
import { CONNECTORS } from '../../connectors/registry.ts'
import { openApiDocument } from '../../src/http/openapi/document.ts'
import { createResources } from '../../src/http/resources.ts'
import type { Connector } from '../../src/ports/connector.ts'
import type { CouponProvider } from '../../src/ports/coupon-provider.ts'
import { type Api, type Body, type Client, startApi } from '../helpers/api.ts'

/** A platform and a provider of which nothing knows but whoever hands them in. */
const acme: Connector = {
  platform: 'acme',
  credentials: z.strictObject({ webhookSecrets: z.array(z.string()).min(1) }),
  settings: z.strictObject({ siteUrl: z.url().describe('Where the shop is.') }),
  values: ['one'],
  choices: [],
  verify: () => ({ ok: true, webhookId: 'w1', topic: 'sold', headers: {} }),
  topicOf: () => 'sold',
  translate: () => ({ kind: 'ignored', reason: 'NOT_PAID', orderId: 'order 1' }),
  identities: () => [],
}
const emporium: CouponProvider = {
  kind: 'emporium',
  claims: false,
  settings: z.strictObject({ campaign: z.string() }),
  credentials: z.strictObject({ token: z.string() }),
  issue: async () => ({ outcome: 'failed', reason: 'never asked' }),
  revoke: async () => ({ outcome: 'failed', reason: 'never asked' }),
}

let api: Api
let admin: Client
let document: { components: { schemas: Record<string, Body> } }

beforeAll(async () => {
  api = await startApi({
    connectors: new Map([...CONNECTORS, [acme.platform, acme]]),
    providers: new Map([[emporium.kind, emporium]]),
  })
  admin = await api.account('registering')
  document = openApiDocument(createResources(api.deps)) as unknown as typeof document
})
afterAll(() => api.close())

const propertiesOf = (name: string) => document.components.schemas[name]?.properties

describe('a platform that is registered', () => {
  const fields = {
    name: 'shop',
    platform: 'acme',
    credentials: { webhookSecrets: ['s'] },
    settings: { siteUrl: 'https://shop.example' },
  }

  it('gets connectors, checked by its own schemas, and takes their webhooks', async () => {
    const connector = await admin.create('connector', fields)
    expect(connector).toMatchObject({ platform: 'acme', settings: { siteUrl: 'https://shop.example' } })
    const { status, body } = await admin.post('/schema/connector/record', { ...fields, settings: {} })
    expect([status, body.error.details[0].path]).toEqual([400, 'settings.siteUrl'])

    const headers = { 'content-type': 'application/json' }
    const answer = await api.send(connector.webhookPath, { method: 'POST', headers, body: '{}' })
    expect(answer.status).toBe(200)
    const { deliveryId } = answer.body.data
    const delivery = await admin.get(`/schema/delivery/record/${deliveryId}`)
    expect(delivery.body.data).toMatchObject({ platform: 'acme', topic: 'sold', reason: 'NOT_PAID' })
  })

  it('stands in the API document with what it takes, in its own words', () => {
    const platforms = [...CONNECTORS.keys(), 'acme'].sort()
    expect(propertiesOf('ConnectorCreate').platform.enum).toEqual(platforms)
    expect(propertiesOf('ConnectorPatch').platform.enum).toEqual(platforms)
    expect(propertiesOf('Connector').platform.enum.toSorted()).toEqual(platforms)
    expect(propertiesOf('Connector').settings.properties.siteUrl).toEqual({ type: 'string' })
    expect(propertiesOf('AcmeConnectorSettings').siteUrl).toMatchObject({ description: 'Where the shop is.' })
    expect(propertiesOf('AcmeConnectorCredentials').webhookSecrets).toBeDefined()
  })
})

describe('a provider that is registered', () => {
  const fields = {
    name: 'coupons',
    provider: 'emporium',
    credentials: { token: 't' },
    settings: { campaign: 'c' },
  }

  it('gets coupon providers, checked by its own schemas, which are found by its name', async () => {
    const made = await admin.create('coupon_provider', fields)
    expect(made).toMatchObject({ provider: 'emporium', settings: { campaign: 'c' } })
    const { status, body } = await admin.post('/schema/coupon_provider/record', { ...fields, settings: {} })
    expect([status, body.error.details[0].path]).toEqual([400, 'settings.campaign'])

    const filters = JSON.stringify({ fieldSlug: 'provider', operator: 'EQUALS', value: 'emporium' })
    const found = await admin.get(`/schema/coupon_provider/record?filters=${encodeURIComponent(filters)}`)
    expect(found.body.data.map(({ id }: Body) => id)).toEqual([made.id])
  })

  it('stands in the API document with what it takes, alone', async () => {
    expect(propertiesOf('CouponProviderCreate').provider.enum).toEqual(['emporium'])
    expect(propertiesOf('CouponProvider').provider.enum).toEqual(['emporium'])
    expect(propertiesOf('EmporiumCouponProviderSettings').campaign).toBeDefined()
    // not handed in: nobody has heard of it
    const pool = await admin.post('/schema/coupon_provider/record', { ...fields, provider: 'pool' })
    expect(pool.body.error).toMatchObject({ code: 'INVALID_INPUT' })
  })
})

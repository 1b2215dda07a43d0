import { describe, expect, it } from '@jest/globals'
import { woocommerce } from '../../connectors/woocommerce/index.ts'
import { wooOrder, wooRequest } from '../helpers/woo-payloads.ts'

const SECRET = 'webhook_secret_of_the_tests'
const NOW = Date.parse('2026-11-22T12:00:00Z')
const SETTINGS = { siteUrl: 'https://shop.example' }

describe('a webhook of WooCommerce', () => {
  it('is signed with the base64 HMAC-SHA256 of its body: a known one', () => {
    const headers = { 'x-wc-webhook-signature': 'Uw7JxXDLDyDm+jiSa2xm/T6KNWaSKbABq81oqSrgk48=' }
    const input = { rawBody: Buffer.from('{"id":1}'), headers, secrets: [SECRET], now: NOW }
    expect(woocommerce.verify(input, SETTINGS)).toMatchObject({ ok: true, topic: '', webhookId: null })
  })

  it('has its topic in lower case, its delivery id and what is worth keeping of its headers', () => {
    const { body, headers } = wooRequest({
      body: wooOrder(),
      secret: SECRET,
      topic: 'Order.Created',
      deliveryId: '73a1b2',
    })
    const input = { rawBody: body, headers, secrets: [SECRET], now: NOW }
    expect(woocommerce.verify(input, SETTINGS)).toEqual({
      ok: true,
      webhookId: '73a1b2',
      topic: 'order.created',
      headers: {
        'x-wc-webhook-topic': 'Order.Created',
        'x-wc-webhook-resource': 'Order',
        'x-wc-webhook-event': 'Created',
        'x-wc-webhook-source': 'https://shop.example/',
        'x-wc-webhook-id': '142',
        'x-wc-webhook-delivery-id': '73a1b2',
      },
    })
  })
})

describe('a ping', () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const isPing = (body: string, headers: Record<string, string> = form) =>
    woocommerce.isPing?.(headers, Buffer.from(body))

  it('is a form of exactly the number of a webhook, without a signature', () => {
    expect(isPing('webhook_id=142')).toBe(true)
    const charset = { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' }
    expect(isPing('webhook_id=1', charset)).toBe(true)
    for (const body of [
      '',
      'webhook_id=',
      'webhook_id=a',
      'webhook_id=1&x=1',
      ' webhook_id=1',
      'webhook_id=1\n',
    ]) {
      expect([body, isPing(body)]).toEqual([body, false])
    }
    expect(isPing(`webhook_id=${'1'.repeat(100)}`)).toBe(false)
    expect(isPing('webhook_id=1', { 'content-type': 'application/json' })).toBe(false)
    expect(isPing('webhook_id=1', {})).toBe(false)
    expect(isPing('webhook_id=1', { ...form, 'x-wc-webhook-signature': 'x' })).toBe(false)
  })
})

describe('the address of the site', () => {
  const read = (siteUrl: unknown) => woocommerce.settings.safeParse({ siteUrl })

  it('is kept without slashes at its end, its host in lower case', () => {
    for (const [given, kept] of [
      ['https://shop.example', 'https://shop.example'],
      ['https://Shop.Example/', 'https://shop.example'],
      ['https://example.com/Store//', 'https://example.com/Store'],
      ['https://example.com:8443/store', 'https://example.com:8443/store'],
      ['https://example.com:443/store', 'https://example.com/store'],
    ]) {
      expect(read(given).data).toEqual({ siteUrl: kept })
      expect(read(kept).data).toEqual({ siteUrl: kept })
    }
  })

  it('is public, over TLS, and nothing but a host and a path', () => {
    for (const siteUrl of [
      'http://shop.example',
      'shop.example',
      'https://user@shop.example',
      'https://user:pw@shop.example',
      'https://shop.example/?a=1',
      'https://shop.example/#a',
      'https://shop.example/a b',
      'https://shop.example:22',
      'https://localhost',
      'https://shop.localhost',
      'https://shop',
      'https://127.0.0.1',
      'https://10.1',
      'https://[::1]/',
      'https://93.184.215.14',
      `https://shop.example/${'a'.repeat(200)}`,
      '',
      5,
      undefined,
    ]) {
      expect([siteUrl, read(siteUrl).success]).toEqual([siteUrl, false])
    }
  })
})

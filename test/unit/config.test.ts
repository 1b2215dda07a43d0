import { resolve } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { readConfig, summaryOf, unknownSettings } from '../../src/config.ts'

const KEY = { STREAKLINE_ENCRYPTION_KEY: 'bm90IGEgcmVhbCBrZXksIDMyIGJ5dGVzIGxvbmcgISE=' }
const faultsOf = (env: Record<string, string>) => {
  try {
    readConfig(env)
    return []
  } catch (error) {
    return (error as Error).message.split('\n')
  }
}

describe('the environment', () => {
  it('has defaults for a machine of one', () => {
    const config = readConfig(KEY)
    expect(config).toMatchObject({
      store: { kind: 'sqlite' },
      redisUrl: null,
      host: '127.0.0.1',
      port: 8080,
      operator: null,
    })
  })

  it('goes by the zone data of the program unless a folder is named', () => {
    expect(readConfig(KEY).zoneInfo).toBeNull()
    expect(readConfig({ ...KEY, STREAKLINE_ZONEINFO: '' }).zoneInfo).toBeNull()
    expect(readConfig({ ...KEY, STREAKLINE_ZONEINFO: '/usr/share/zoneinfo' }).zoneInfo).toBe(
      '/usr/share/zoneinfo',
    )
    expect(readConfig({ ...KEY, STREAKLINE_ZONEINFO: 'zones' }).zoneInfo).toBe(resolve('zones'))
  })

  it('names every fault at once', () => {
    const faults = faultsOf({
      ...KEY,
      PORT: '99999',
      MONGODB_URI: 'localhost',
      REDIS_URL: 'http://x',
      STREAKLINE_OPS_PASSWORD: 'short',
    })
    expect(faults.map((fault) => fault.split(' ')[0]).toSorted()).toEqual([
      'MONGODB_URI',
      'PORT',
      'REDIS_URL',
      'STREAKLINE_OPS_PASSWORD',
      'STREAKLINE_OPS_USER',
    ])
  })

  it('takes a server, nodes of a cluster or sentinels for the queue, and says what is wrong with one', () => {
    for (const url of ['rediss://h', 'redis://h1,redis://h2', 'sentinel://h1,h2/mymaster?db=1'])
      expect(readConfig({ ...KEY, REDIS_URL: url }).redisUrl).toBe(url)
    expect(faultsOf({ ...KEY, REDIS_URL: 'redis://:hidden@h1/1,redis://h2' })).toEqual([
      'REDIS_URL names a database of a cluster: a cluster has only one, leave it out.',
    ])
    expect(faultsOf({ ...KEY, REDIS_URL: 'sentinel://h1,h2' })).toEqual([
      'REDIS_URL cannot be read: write sentinel://host:port,host:port/master.',
    ])
  })

  it('takes no silent defaults for store and queue in production', () => {
    const production = { ...KEY, NODE_ENV: 'production' }
    expect(faultsOf(production)).toEqual([
      expect.stringContaining('set MONGODB_URI and REDIS_URL, or STREAKLINE_EMBEDDED=1'),
    ])
    expect(faultsOf({ ...production, MONGODB_URL: 'mongodb://a typo', REDIS_URL: 'redis://h' })).toEqual([
      expect.stringContaining('set MONGODB_URI,'),
    ])
    expect(faultsOf({ ...production, MONGODB_URI: 'mongodb://h/d', REDIS_URL: 'redis://h' })).toEqual([])
    expect(faultsOf({ ...production, STREAKLINE_EMBEDDED: '1' })).toEqual([])
  })

  it('refuses an encryption key of another length, without showing it', () => {
    const faults = faultsOf({ STREAKLINE_ENCRYPTION_KEY: `${KEY.STREAKLINE_ENCRYPTION_KEY},dG9vIHNob3J0` })
    expect(faults).toEqual([expect.stringContaining('base64 of 32 bytes')])
    expect(faults[0]).not.toContain('dG9vIHNob3J0')
  })

  it('says how to make the encryption key when there is none', () => {
    expect(faultsOf({})).toEqual([expect.stringContaining('openssl rand -base64 32')])
    expect(faultsOf({ STREAKLINE_ENCRYPTION_KEY: '' })).toHaveLength(1)
  })

  it('wants both operator credentials or neither', () => {
    expect(faultsOf({ ...KEY, STREAKLINE_OPS_USER: 'operator' })).toEqual([
      expect.stringContaining('belong together'),
    ])
  })

  it('shows no secret in its summary', () => {
    const config = readConfig({
      ...KEY,
      MONGODB_URI: 'mongodb://u:hidden@h/d',
      REDIS_URL: 'redis://:hidden@h',
      STREAKLINE_OPS_USER: 'operator',
      STREAKLINE_OPS_PASSWORD: 'hidden-hidden',
    })
    const summary = JSON.stringify(summaryOf(config))
    expect(summary).not.toContain('hidden')
    expect(summary).not.toContain(KEY.STREAKLINE_ENCRYPTION_KEY)
    const REDIS_URL = 'sentinel://:hidden@h/m?sentinelPassword=hidden'
    const watched = JSON.stringify(summaryOf(readConfig({ ...KEY, REDIS_URL })))
    expect(watched).toContain('REDIS_URL (sentinel)')
    expect(watched).not.toContain('hidden')
  })

  it('names what looks like a setting and is none, with the nearest one that is, and never its value', () => {
    const named = (name: string) =>
      unknownSettings({ ...KEY, [name]: 'hidden', PATH: '/bin', LOG_LEVEL: 'x' })
    expect(named('STREAKLINE_DATA_DIRECTORY')).toEqual([
      'STREAKLINE_DATA_DIRECTORY is no setting and has no effect; the nearest one is STREAKLINE_DATA_DIR.',
    ])
    for (const [name, nearest] of [
      ['STREAKLINE_ENCRYPTION_KEYS', 'STREAKLINE_ENCRYPTION_KEY'],
      ['STREAKLINE_OPS_PASSWD', 'STREAKLINE_OPS_PASSWORD'],
      ['STREAKLINE_REQUEST_PER_KEY', 'STREAKLINE_REQUESTS_PER_KEY'],
      ['STREAKLINE_TRUSTED_PROXY', 'STREAKLINE_TRUST_PROXY'],
      ['STREAKLINE_SHUTDOWN_SECNODS', 'STREAKLINE_SHUTDOWN_SECONDS'],
    ] as const) {
      expect(named(name)).toEqual([expect.stringContaining(` is ${nearest}.`)])
    }
    expect(unknownSettings({ ...KEY, STREAKLINE_EMBEDDED: '1', MONGODB_URI: 'x' })).toEqual([])
  })

  it('takes an address of https for the world, with a path, and one of http for this machine alone', () => {
    const urlOf = (url: string) => readConfig({ ...KEY, STREAKLINE_PUBLIC_URL: url }).publicUrl
    expect(readConfig(KEY).publicUrl).toBeNull()
    expect(urlOf('https://streaks.example.com')).toBe('https://streaks.example.com')
    expect(urlOf('https://streaks.example.com:8443/a/b/')).toBe('https://streaks.example.com:8443/a/b')
    for (const url of ['http://127.0.0.1:8080', 'http://localhost:8080', 'http://[::1]:8080'])
      expect(urlOf(url)).toBe(url)
  })

  it.each([
    ['streaks.example.com', 'is no address'],
    ['http://streaks.example.com', 'must begin with https://'],
    ['http://127.0.0.1.example.com', 'must begin with https://'],
    ['ftp://streaks.example.com', 'must begin with https://'],
    ['https://user:password@example.com', 'must not hold a user name'],
    ['https://user@example.com', 'must not hold a user name'],
    ['https://example.com/?shop=1', 'without ? and #'],
    ['https://example.com/?', 'without ? and #'],
    ['https://example.com/#there', 'without ? and #'],
  ])('refuses %s for it in one sentence', (url, why) => {
    expect(faultsOf({ ...KEY, STREAKLINE_PUBLIC_URL: url })).toEqual([
      expect.stringMatching(new RegExp(`^STREAKLINE_PUBLIC_URL .*${why.replace('?', '\\?')}.*\\.$`)),
    ])
  })

  it('leads platforms elsewhere on this machine, never in production', () => {
    const origins =
      'shopify=http://127.0.0.1:9001, stripe=http://localhost:9002,woocommerce=http://[::1]:9003'
    const { platformOrigins } = readConfig({ ...KEY, STREAKLINE_PLATFORM_ORIGINS: origins })
    expect(Object.fromEntries(platformOrigins)).toEqual({
      shopify: 'http://127.0.0.1:9001',
      stripe: 'http://localhost:9002',
      woocommerce: 'http://[::1]:9003',
    })
    expect(
      faultsOf({
        ...KEY,
        STREAKLINE_EMBEDDED: '1',
        NODE_ENV: 'production',
        STREAKLINE_PLATFORM_ORIGINS: origins,
      }),
    ).toEqual([
      expect.stringContaining('STREAKLINE_PLATFORM_ORIGINS is for tests and is refused in production'),
    ])
  })

  it.each([
    ['http://127.0.0.1:9001', 'must name shopify'],
    ['shop=http://127.0.0.1:9001', 'must name shopify'],
    ['shopify=https://myshopify.com', 'must lead shopify to this machine'],
    ['shopify=http://10.0.0.1:9001', 'must lead shopify to this machine'],
    ['shopify=ftp://127.0.0.1', 'must lead shopify to this machine'],
    ['shopify=9001', 'must lead shopify to this machine'],
    ['shopify=http://127.0.0.1:9001/admin', 'an origin alone'],
    ['shopify=http://127.0.0.1:9001/?a', 'an origin alone'],
    ['shopify=http://user@127.0.0.1:9001', 'an origin alone'],
    ['stripe=http://127.0.0.1:1,stripe=http://127.0.0.1:2', 'names stripe twice'],
  ])('refuses %s for other origins in one sentence', (text, why) => {
    expect(faultsOf({ ...KEY, STREAKLINE_PLATFORM_ORIGINS: text })).toEqual([expect.stringContaining(why)])
  })
})

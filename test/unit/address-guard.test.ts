import type { LookupAddress } from 'node:dns'
import { describe, expect, it } from '@jest/globals'
import {
  AddressRefused,
  guardedLookup,
  isPublicAddress,
  judgeUrl,
  parseTrustedHosts,
} from '../../src/outgoing/address-guard.ts'

const NOBODY: ReadonlySet<string> = new Set()

describe('addresses of the open internet', () => {
  it.each([
    '8.8.8.8',
    '1.1.1.1',
    '172.15.255.255',
    '172.32.0.1',
    '100.63.255.255',
    '100.128.0.1',
    '192.169.0.1',
    '223.255.255.255',
    '2001:4860:4860::8888',
    '2606:4700:4700::1111',
    '2a00:1450:4001:81b::200e',
  ])('%s is public', (address) => expect(isPublicAddress(address)).toBe(true))
})

describe('addresses that are refused', () => {
  it.each([
    ['this network', '0.0.0.0'],
    ['this network', '0.1.2.3'],
    ['loopback', '127.0.0.1'],
    ['loopback', '127.255.255.254'],
    ['private', '10.0.0.1'],
    ['private', '172.16.0.1'],
    ['private', '172.31.255.255'],
    ['private', '192.168.1.1'],
    ['link-local', '169.254.1.1'],
    ['cloud metadata', '169.254.169.254'],
    ['cloud metadata of Alibaba', '100.100.100.200'],
    ['cloud metadata of Oracle', '192.0.0.192'],
    ['platform agent of Azure', '168.63.129.16'],
    ['carrier-grade NAT', '100.64.0.1'],
    ['carrier-grade NAT', '100.127.255.255'],
    ['benchmarking', '198.18.0.1'],
    ['documentation', '192.0.2.1'],
    ['documentation', '198.51.100.1'],
    ['documentation', '203.0.113.1'],
    ['6to4 relay', '192.88.99.1'],
    ['multicast', '224.0.0.1'],
    ['multicast', '239.255.255.255'],
    ['reserved', '240.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ['unspecified', '::'],
    ['loopback', '::1'],
    ['IPv4-mapped loopback', '::ffff:127.0.0.1'],
    ['IPv4-mapped public', '::ffff:8.8.8.8'],
    ['IPv4-mapped, in hexadecimal', '::ffff:7f00:1'],
    ['IPv4-compatible', '::127.0.0.1'],
    ['IPv4-translated', '::ffff:0:127.0.0.1'],
    ['NAT64', '64:ff9b::7f00:1'],
    ['local NAT64', '64:ff9b:1::a00:1'],
    ['6to4', '2002:7f00:1::'],
    ['Teredo', '2001:0:4136:e378:8000:63bf:3fff:fdd2'],
    ['unique local', 'fc00::1'],
    ['unique local', 'fd12:3456:789a::1'],
    ['cloud metadata of AWS', 'fd00:ec2::254'],
    ['link-local', 'fe80::1'],
    ['link-local with a zone', 'fe80::1%eth0'],
    ['site-local', 'fec0::1'],
    ['multicast', 'ff02::1'],
    ['documentation', '2001:db8::1'],
    ['documentation', '3fff::1'],
    ['discard', '100::1'],
    ['outside what is allotted', '4000::1'],
    ['no address', 'localhost'],
    ['no address', ''],
    ['in a form that is read in two ways', '010.0.0.1'],
    ['a number', '2130706433'],
  ])('%s: %s', (_, address) => expect(isPublicAddress(address)).toBe(false))
})

describe('URLs', () => {
  it.each([
    'https://coupons.example.com/x?y=1',
    'https://coupons.example.com:8443',
    'https://8.8.8.8/',
    'https://[2606:4700:4700::1111]/',
  ])('%s is accepted', (url) => expect(judgeUrl(url, NOBODY)).toMatchObject({ ok: true, trusted: false }))

  it.each([
    ['nonsense', 'coupons', /not a URL/],
    ['another scheme', 'ftp://coupons.example.com/', /https/],
    ['no encryption', 'http://coupons.example.com/', /https/],
    ['a user name', 'https://u@coupons.example.com/', /user name/],
    ['a password', 'https://:p@coupons.example.com/', /user name/],
    ['a port of another service', 'https://coupons.example.com:25/', /port 443/],
    ['loopback', 'https://127.0.0.1/', /private/],
    ['loopback, written short', 'https://127.1/', /private/],
    ['loopback, as a number', 'https://2130706433/', /private/],
    ['loopback, in hexadecimal', 'https://0x7f000001/', /private/],
    ['loopback, in octal', 'https://0177.0.0.1/', /private/],
    ['loopback, in full-width digits', 'https://１２７.0.0.1/', /private/],
    ['loopback of IPv6', 'https://[::1]/', /private/],
    ['IPv4 in IPv6', 'https://[::ffff:169.254.169.254]/', /private/],
    ['too long a text', `https://coupons.example.com/${'x'.repeat(2048)}`, /2048/],
  ])('%s is refused', (_, url, fault) => {
    const verdict = judgeUrl(url, NOBODY)
    expect(verdict.ok).toBe(false)
    if (!verdict.ok) expect(verdict.fault).toMatch(fault)
  })

  it('on the list may be internal and without encryption, at the port named only', () => {
    const trusted = parseTrustedHosts(['localhost:4010', '[::1]:4010', 'Coupons.Internal:80'])
    for (const url of [
      'http://localhost:4010/x',
      'https://LOCALHOST:4010',
      'http://[::1]:4010',
      'http://coupons.internal/',
    ]) {
      expect(judgeUrl(url, trusted)).toMatchObject({ ok: true, trusted: true })
    }
    for (const url of [
      'http://localhost:4011/',
      'http://localhost/',
      'http://127.0.0.1:4010/',
      'http://u@localhost:4010/',
    ]) {
      expect(judgeUrl(url, trusted).ok).toBe(false)
    }
  })
})

describe('the list of allowed hosts', () => {
  it.each([
    'localhost',
    'localhost:',
    'localhost:0',
    'localhost:65536',
    'http://localhost:80',
    '::1:80',
    ':80',
    '',
    'a b:80',
  ])('refuses %j', (entry) =>
    expect(() => parseTrustedHosts(['localhost:1', entry])).toThrow(JSON.stringify(entry)),
  )
})

describe('the guarded lookup', () => {
  const look = (addresses: readonly LookupAddress[], all: boolean) =>
    new Promise<unknown>((resolve, reject) => {
      guardedLookup(async () => addresses)('coupons.example', { all }, (error, address) =>
        error === null ? resolve(address) : reject(error),
      )
    })
  const internal = { address: '10.0.0.1', family: 4 }
  const open = { address: '8.8.8.8', family: 4 }

  it('leaves internal addresses out', async () => {
    expect(await look([internal, open], true)).toEqual([open])
    expect(await look([internal, open], false)).toBe('8.8.8.8')
  })

  it('refuses a name that has only internal ones, without telling them', async () => {
    await expect(look([internal], true)).rejects.toThrow(AddressRefused)
    await expect(look([internal], false)).rejects.toThrow(/^coupons.example has no public address$/)
    await expect(look([], true)).rejects.toThrow(AddressRefused)
  })

  const lookFailing = (code: string) =>
    new Promise<unknown>((_, reject) => {
      const failing = () => Promise.reject(Object.assign(new Error(code), { code }))
      guardedLookup(failing)('coupons.example', { all: true }, reject)
    })

  it.each(['ENOTFOUND', 'ENODATA', 'EAI_ADDRFAMILY'])(
    'refuses a name that does not exist (%s) in the words for one that is internal',
    async (code) => {
      const internalToo = await look([internal], true).catch((error: unknown) => error)
      expect(await lookFailing(code).catch((error: unknown) => error)).toEqual(internalToo)
      await expect(lookFailing(code)).rejects.toThrow(AddressRefused)
    },
  )

  it('hands on that nobody could say whether a name exists', async () => {
    await expect(lookFailing('EAI_AGAIN')).rejects.toThrow('EAI_AGAIN')
  })
})

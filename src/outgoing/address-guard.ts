import type { LookupAddress } from 'node:dns'
import { lookup as dnsLookup } from 'node:dns/promises'
import { isIP, type LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'

/**
 * Keeps requests to an address that somebody typed in away from our own network. A name is resolved once, here, and
 * the connection is made to the very addresses that were judged: a name that resolves differently a moment later
 * (DNS rebinding) gains nothing.
 */

export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>

/** Resolves like every other program on the machine. */
export const systemResolve: Resolve = (hostname) => dnsLookup(hostname, { all: true, verbatim: true })

/** Thrown by the lookup when a name leads to no public address: to internal ones only, or to none. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused'

  constructor(hostname: string) {
    super(`${hostname} has no public address`)
  }
}

/** How resolvers say that a name leads nowhere, not that they cannot tell at the moment. */
const NO_ADDRESS: ReadonlySet<unknown> = new Set(['ENOTFOUND', 'ENODATA', 'EAI_ADDRFAMILY'])

const MAX_URL_LENGTH = 2048
const FIRST_UNPRIVILEGED_PORT = 1024
const HTTPS_PORT = 443
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3')
/** Public by its number, yet answered inside Azure by the machine's own platform agent. */
const AZURE_PLATFORM_AGENT = '168.63.129.16'

/**
 * Whether an IP address belongs to the open internet. False for every range with a special meaning: private, loopback,
 * link-local (cloud metadata among them), unique local, carrier-grade NAT, multicast, reserved, documentation,
 * IPv4 in IPv6 in all its forms (mapped, compatible, NAT64, 6to4, Teredo), and for whatever is no address.
 */
export function isPublicAddress(address: string): boolean {
  // isIP first: the library also reads forms that others read differently, such as 010.0.0.1
  if (isIP(address) === 0) return false
  const parsed = ipaddr.parse(address)
  if (parsed.range() !== 'unicast' || parsed.toString() === AZURE_PLATFORM_AGENT) return false
  return parsed.kind() === 'ipv4' || parsed.match(GLOBAL_IPV6)
}

export type UrlVerdict =
  /** `trusted`: on the allow-list, no check of the address. */
  | { readonly ok: true; readonly url: URL; readonly trusted: boolean }
  | { readonly ok: false; readonly fault: string }

/**
 * Judges what can be judged of a URL without asking DNS.
 * @param trustedHosts from `parseTrustedHosts`: may be addressed by http and wherever they are
 */
export function judgeUrl(text: string, trustedHosts: ReadonlySet<string>): UrlVerdict {
  if (text.length > MAX_URL_LENGTH) {
    return { ok: false, fault: `must have at most ${MAX_URL_LENGTH} characters, has ${text.length}` }
  }
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null) return { ok: false, fault: 'is not a URL' }
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return { ok: false, fault: 'must begin with https://' }
  if (url.username !== '' || url.password !== '') {
    return { ok: false, fault: 'must not hold a user name or password' }
  }
  if (trustedHosts.has(`${url.hostname}:${portOf(url)}`)) return { ok: true, url, trusted: true }
  if (url.protocol !== 'https:') return { ok: false, fault: 'must begin with https://' }
  if (portOf(url) !== HTTPS_PORT && portOf(url) < FIRST_UNPRIVILEGED_PORT) {
    return {
      ok: false,
      fault: `must use port ${HTTPS_PORT} or one from ${FIRST_UNPRIVILEGED_PORT} on, not ${portOf(url)}`,
    }
  }
  const literal = literalAddress(url)
  if (literal !== null && !isPublicAddress(literal)) {
    return { ok: false, fault: 'must not point to a private, local or reserved address' }
  }
  return { ok: true, url, trusted: false }
}

function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port)
  return url.protocol === 'https:' ? HTTPS_PORT : 80
}

/** The address when the host of the URL is one; Node connects to those without a lookup. */
function literalAddress(url: URL): string | null {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return isIP(host) === 0 ? null : host
}

/**
 * Reads the allow-list for development.
 * @param entries `host:port` each, such as `localhost:4010` or `[::1]:4010`
 * @throws Error naming the first entry of another form
 */
export function parseTrustedHosts(entries: readonly string[]): ReadonlySet<string> {
  return new Set(
    entries.map((entry) => {
      const match = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+):(\d{1,5})$/i.exec(entry.trim())
      const text = `http://${match?.[1]}/`
      const port = Number(match?.[2])
      if (match === null || !URL.canParse(text) || port < 1 || port > 65_535) {
        throw new Error(`"${entry}" in the list of allowed coupon hosts is not host:port`)
      }
      return `${new URL(text).hostname}:${port}`
    }),
  )
}

/**
 * A `lookup` for sockets that answers with public addresses only, and with AddressRefused when there is none.
 * Addresses of other kinds next to public ones are left out. A name that does not exist is refused in the same words
 * as one that exists inside: whoever typed it in must not learn which names there are.
 */
export function guardedLookup(resolve: Resolve): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname).then(
      (addresses) => {
        const open = addresses.filter(({ address }) => isPublicAddress(address))
        const [first] = open
        if (first === undefined) {
          callback(new AddressRefused(hostname), [])
        } else if (options.all === true) {
          callback(null, [...open])
        } else {
          callback(null, first.address, first.family)
        }
      },
      (error: NodeJS.ErrnoException) =>
        callback(NO_ADDRESS.has(error.code) ? new AddressRefused(hostname) : error, []),
    )
  }
}

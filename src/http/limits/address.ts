import type { Socket } from 'node:net'
import type { Request } from 'express'
import ipaddr from 'ipaddr.js'

/** An IPv6 caller has a whole network of this size to itself: one bucket for all of it. */
const IPV6_NETWORK_PARTS = 4

/**
 * Where a request comes from, as far as the proxies in front are trusted; the next hop where what they say is no
 * address. An IPv4 address inside an IPv6 one is the IPv4 address.
 */
export function addressOf(request: Request): string {
  return addressLater(request)()
}

/**
 * The same, for whoever needs it seldom: what it is worked out from is read now, for a connection that is gone says no
 * more where it came from, and the rest is done when it is asked for.
 */
export function addressLater({ ip, socket: { remoteAddress } }: Request): () => string {
  return () => networkOf(ip) ?? networkOf(remoteAddress) ?? 'unknown'
}

/** The same of a bare connection: who connects. */
export function addressOfSocket({ remoteAddress }: Pick<Socket, 'remoteAddress'>): string {
  return networkOf(remoteAddress) ?? 'unknown'
}

function networkOf(text: string | undefined): string | null {
  if (text === undefined || !ipaddr.isValid(text)) return null
  const address = ipaddr.process(text)
  if (!(address instanceof ipaddr.IPv6)) return address.toString()
  const network = address.parts.slice(0, IPV6_NETWORK_PARTS).map((part) => part.toString(16))
  return `${network.join(':')}::/64`
}

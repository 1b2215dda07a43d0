/** What was read, or what is wrong with it, for the end of a sentence. */
export type ReadAddress<T> = { readonly kind: 'read'; readonly value: T } | Fault
interface Fault {
  readonly kind: 'fault'
  readonly fault: string
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** Where the world reaches this server: without a slash at its end, for paths to follow. */
export function readPublicUrl(text: string): ReadAddress<string> {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null) return fault('is no address: write https://streaks.example.com')
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK.test(url.hostname))) {
    return fault('must begin with https://; http:// is for this machine alone, such as http://127.0.0.1:8080')
  }
  if (url.username !== '' || url.password !== '') return fault('must not hold a user name or password')
  if (url.search !== '' || url.hash !== '' || /[?#]/.test(text)) {
    return fault('must end with its host or a path, without ? and #')
  }
  return { kind: 'read', value: `${url.origin}${url.pathname.replace(/\/+$/, '')}` }
}

/**
 * `shopify=http://127.0.0.1:9001,stripe=…`: where requests to platforms and coupon services go instead, by name.
 * @param names those there are
 */
export function readPlatformOrigins(
  text: string,
  names: readonly string[],
): ReadAddress<ReadonlyMap<string, string>> {
  const origins = new Map<string, string>()
  for (const entry of text.split(',').map((part) => part.trim())) {
    if (entry === '') continue
    const at = entry.indexOf('=')
    const name = entry.slice(0, Math.max(at, 0)).trim()
    const address = entry.slice(at + 1).trim()
    if (!names.includes(name))
      return fault(`must name ${names.join(', ')}, as in shopify=http://127.0.0.1:9001`)
    if (origins.has(name)) return fault(`names ${name} twice`)
    const url = URL.canParse(address) ? new URL(address) : null
    if (url === null || !/^https?:$/.test(url.protocol) || !LOOPBACK.test(url.hostname)) {
      return fault(`must lead ${name} to this machine, such as http://127.0.0.1:9001`)
    }
    if (url.username !== '' || url.pathname !== '/' || /[?#]/.test(address)) {
      return fault(`must give ${name} an origin alone, such as http://127.0.0.1:9001, without a path`)
    }
    origins.set(name, url.origin)
  }
  return { kind: 'read', value: origins }
}

function fault(sentence: string): Fault {
  return { kind: 'fault', fault: sentence }
}

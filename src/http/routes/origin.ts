import { bad, good, type Reader, readText, show } from '../../read/values.ts'

export const MAX_ORIGIN_CHARACTERS = 300
/** Scheme, host, port: nothing behind them, and nobody's name in front of the host. */
const ORIGIN = /^https?:\/\/[^\s/?#@\\]+$/i
/** No wildcards: what a browser sends is compared as a whole. */
const HOST = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])$/

/**
 * The origin of a web page, as browsers send it: host in lower case and in its ASCII form, no default port. `https`
 * only, but for pages on the developer's own machine (`http://localhost`).
 */
export const readOrigin: Reader<string> = (value) => {
  const text = readText(MAX_ORIGIN_CHARACTERS)(value)
  if (!text.ok) return text
  const url = ORIGIN.test(text.value) ? URL.parse(text.value) : null
  if (url !== null && HOST.test(url.hostname) && isAllowed(url)) return good(url.origin)
  return bad(
    `must be an origin such as https://shop.example.com or http://localhost:3000, without a path or wildcard, not ${show(text.value)}`,
  )
}

function isAllowed({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || hostname === 'localhost'
}

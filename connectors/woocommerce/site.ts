import { isIP } from 'node:net'
import { z } from 'zod'

const MAX_URL_CHARACTERS = 200
const HTTPS_PORT = 443
const FIRST_UNPRIVILEGED_PORT = 1024

const RULE =
  'must be the public address of the shop, without what comes after its path: https://shop.example or https://example.com/store'

/**
 * Where WordPress is, as under Settings → General → WordPress Address. Requests to it are guarded where they are made;
 * what can be said of it without asking DNS is said here.
 */
export const siteUrl = z
  .string()
  .max(MAX_URL_CHARACTERS, `at most ${MAX_URL_CHARACTERS} characters`)
  .refine(isSite, RULE)
  .transform((text) => `https://${nameOf(text)}`)
  .describe(
    'The address of the shop’s site, `https://` with an optional path. Fixed from the first purchase on.',
  )

function isSite(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || url.protocol !== 'https:' || /[?#\s\\]/.test(text)) return false
  const port = url.port === '' ? HTTPS_PORT : Number(url.port)
  const hasUser = url.username !== '' || url.password !== ''
  return !hasUser && isPublicName(url.hostname) && (port === HTTPS_PORT || port >= FIRST_UNPRIVILEGED_PORT)
}

/** No address, and no name that only means something at home. */
function isPublicName(hostname: string): boolean {
  const name = hostname.replace(/\.$/, '')
  return isIP(name.replace(/^\[|\]$/g, '')) === 0 && name.includes('.') && !name.endsWith('.localhost')
}

/** Host and path: by them ids of one site are told from those of another. */
function nameOf(text: string): string {
  const { host, pathname } = new URL(text)
  return `${host}${pathname.replace(/\/+$/, '')}`
}

/** The site that a connector is of, `shop.example/store`; null where its settings name none. */
export function siteName({ siteUrl: url }: Readonly<Record<string, unknown>>): string | null {
  return typeof url === 'string' && URL.canParse(url) ? nameOf(url) : null
}

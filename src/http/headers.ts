import type { Request, RequestHandler, Response } from 'express'
import helmet, { type HelmetOptions } from 'helmet'

type Header = readonly [name: string, value: string]

/** What every answer has, also those that never reach a route: it is data, to be neither guessed at, run nor kept. */
export const BARE_HEADERS: readonly Header[] = [
  ['X-Content-Type-Options', 'nosniff'],
  ['Cache-Control', 'no-store'],
  ['Content-Security-Policy', "default-src 'none';frame-ancestors 'none'"],
  ['Referrer-Policy', 'no-referrer'],
]

/** What answers of the API have beside these. */
const API_HEADERS: readonly Header[] = [
  ...headersOf({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  }),
]

/** helmet's choice for these options. Asked once: it would work the same headers out for each request. */
function headersOf(options: HelmetOptions): Header[] {
  const headers: Header[] = []
  const response = {
    setHeader: (name: string, value: string) => headers.push([name, value]),
    removeHeader: () => {},
  }
  helmet(options)({} as Request, response as unknown as Response, () => {})
  return headers
}

function setting(headers: readonly Header[]): RequestHandler {
  return (_request, response, next) => {
    for (const [name, value] of headers) response.setHeader(name, value)
    next()
  }
}

export const bareHeaders = setting(BARE_HEADERS)
export const apiHeaders = setting(API_HEADERS)

/** Pages for operators load their own scripts and styles, also over plain HTTP inside a private network. */
export const pageHeaders: RequestHandler = helmet({
  contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
})

/** What one of our own pages may do beside loading its files from this server and calling it. */
interface PageNeeds {
  readonly images: readonly ("'self'" | 'data:')[]
  /** Whether its forms may be sent to this server. */
  readonly forms?: boolean
}

/** For our own pages: only files of this server, and calls of it; nothing inline, never inside somebody's frame. */
export function ownPageHeaders({ images, forms = false }: PageNeeds): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: [...images],
        connectSrc: ["'self'"],
        formAction: [forms ? "'self'" : "'none'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  })
}

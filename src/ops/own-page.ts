import { createHash } from 'node:crypto'
import type { NextFunction, Request, Response } from 'express'

/** Of Bull Board 9: the colours of a logo, which its script puts in. Another version at worst shows it without. */
const PUT_IN_LATER = ["'sha256-r2N1TB/gHbBtBZFKg7ejmq1acVSREzucTAEw6ga4hoU='"]

/** Its own files and nothing from elsewhere, never inside somebody's frame; of inline styles those that are named. */
function policyOf(styles: readonly string[]): string {
  const named = styles.length === 0 ? '' : ` 'unsafe-hashes' ${[...styles, ...PUT_IN_LATER].join(' ')}`
  return `default-src 'self'; script-src 'self'; style-src 'self'${named}; img-src 'self' data:; font-src 'self' data:; object-src 'none'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'`
}

const INLINE_STYLE = /<style[^>]*>([\s\S]*?)<\/style>|\sstyle="([^"]*)"/g
const LINK_ELSEWHERE = /\s*<link\b[^>]*\bhref="(?:https?:)?\/\/[^"]*"[^>]*>/g

/**
 * Keeps a page that others wrote to itself: what it would load from elsewhere is left out, its inline styles are
 * allowed by their hashes, its inline scripts not at all. Nothing is to be kept by caches.
 */
export function ownPage(_request: Request, response: Response, next: NextFunction): void {
  response.setHeader('Content-Security-Policy', policyOf([]))
  response.setHeader('Cache-Control', 'no-store')
  const send = response.send.bind(response)
  response.send = (body?: unknown) => {
    if (typeof body !== 'string' || !/^\s*<!doctype html/i.test(body)) return send(body)
    const page = body.replace(LINK_ELSEWHERE, '')
    const styles = [...page.matchAll(INLINE_STYLE)].map(([, block, attribute]) => hashOf(block ?? attribute!))
    response.setHeader('Content-Security-Policy', policyOf([...new Set(styles)]))
    return send(page)
  }
  next()
}

/** As browsers compute it: over the text that stands there. */
function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

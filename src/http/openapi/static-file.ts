import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Request, RequestHandler, Response } from 'express'
import { contextOf } from '../context.ts'

const compress = promisify(gzip)

export interface StaticFile {
  readonly bytes: Buffer
  readonly gzipped: Buffer
  readonly type: string
  readonly etag: string
}

export async function staticFile(bytes: Buffer, type: string): Promise<StaticFile> {
  const digest = createHash('sha256').update(bytes).digest('base64url').slice(0, 27)
  return { bytes, gzipped: await compress(bytes), type, etag: `W/"${digest}"` }
}

/**
 * Answers a file that only changes with the program: caches may keep it, and ask each time whether it is still the
 * same. It is made on the first request, once.
 */
export function serveFile(route: string, make: () => Promise<StaticFile>): RequestHandler {
  let made: Promise<StaticFile> | undefined
  return async (request, response) => {
    contextOf(response).route = route
    made ??= make()
    sendStatic(request, response, await made, 'no-cache')
  }
}

/** Answers with the file, or 304 where the caller has it; compressed to those who take that. */
export function sendStatic(
  request: Request,
  response: Response,
  { bytes, gzipped, type, etag }: StaticFile,
  cacheControl: string,
): void {
  response.setHeader('ETag', etag)
  response.setHeader('Cache-Control', cacheControl)
  response.setHeader('Vary', 'Accept-Encoding')
  if (matches(request.headers['if-none-match'], etag)) {
    response.status(304).end()
    return
  }
  const zipped = /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:,|$))/.test(request.headers['accept-encoding'] ?? '')
  if (zipped) response.setHeader('Content-Encoding', 'gzip')
  const body = zipped ? gzipped : bytes
  response.setHeader('Content-Type', type)
  response.setHeader('Content-Length', body.length)
  response.status(200).end(body)
}

function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  const given = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return given.includes('*') || given.includes(etag.replace(/^W\//, ''))
}

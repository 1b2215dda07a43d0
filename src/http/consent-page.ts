import type { RequestHandler, Response } from 'express'
import { AppError } from '../errors.ts'
import type { Finished } from '../installing/consent.ts'
import { contextOf } from './context.ts'
import type { HttpDeps } from './deps.ts'

export const CALLBACK_PATH = '/connect/:platform/callback'

/**
 * Where a platform sends the merchant's browser back to. It has no credentials of ours: what it brings is signed by the
 * platform and bound to an installation by its state. Answers are pages in words; only the good one goes on. A consent is
 * good once, so only GET spends it: mail programs and chats look at links by HEAD. @throws AppError METHOD_NOT_ALLOWED
 */
export function consentCallback({ installing, connectors }: ConsentDeps): RequestHandler {
  return async (request, response) => {
    const context = contextOf(response)
    context.route = '/connect/{platform}/callback'
    if (request.method !== 'GET') {
      throw new AppError('METHOD_NOT_ALLOWED', `${request.method} is not a verb of this address`, {
        allow: ['GET'],
      })
    }
    const platform = String(request.params.platform)
    if (!connectors.has(platform)) return sendPage(response, 404, 'There is nothing at this address.')
    const at = request.url.indexOf('?')
    const query = new URLSearchParams(at === -1 ? '' : request.url.slice(at + 1))
    const finished = await installing.finishConsent(platform, query)
    context.logFields.outcome = finished.outcome
    if (finished.outcome === 'installed') {
      const { id } = finished.place.connector
      context.logFields.connectorId = id
      response.redirect(302, `${installing.publicUrl ?? ''}/console/connectors/${id}`)
      return
    }
    sendPage(response, STATUSES[finished.outcome](finished as never), wordsOf(finished))
  }
}

type ConsentDeps = Pick<HttpDeps, 'installing' | 'connectors'>
type Unfinished = Exclude<Finished, { outcome: 'installed' }>

const STATUSES: { [O in Unfinished['outcome']]: (finished: Extract<Unfinished, { outcome: O }>) => number } =
  {
    refused: () => 400,
    over: () => 410,
    failed: ({ error }) => error.status,
  }

function wordsOf(finished: Unfinished): string {
  return finished.outcome === 'failed'
    ? `${finished.error.message}. Begin the installation again.`
    : finished.message
}

function sendPage(response: Response, status: number, words: string): void {
  const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Not installed</title>
<h1>Not installed</h1>
<p>${escaped(words)}</p>
</html>
`
  response
    .status(status)
    .setHeader('Content-Type', 'text/html; charset=utf-8')
    .setHeader('Content-Security-Policy', "default-src 'none'")
    .setHeader('Cache-Control', 'no-store')
    .setHeader('Referrer-Policy', 'no-referrer')
    .send(page)
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character]!)
}

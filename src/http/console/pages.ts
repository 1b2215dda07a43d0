import { type Request, type RequestHandler, type Response, Router } from 'express'
import { AppError } from '../../errors.ts'
import { contextOf } from '../context.ts'
import { ownPageHeaders } from '../headers.ts'
import { sendStatic, staticFile } from '../openapi/static-file.ts'
import { type ConsoleFiles, readConsoleFiles } from './files.ts'

const FILES = '/console/files/:version/*name'
const PAGE_TYPE = 'text/html; charset=utf-8'
/** The version is part of the address: what is at it never changes. */
const FOR_GOOD = 'public, max-age=31536000, immutable'
const ASK_AGAIN = 'no-cache'

/**
 * The pages for merchants: one page at every address below `/console`, which shows what the address names, and its
 * files. They hold nothing of any account: all they show they ask of the API, as whoever is signed in.
 */
export function createConsolePages(): Router {
  const router = Router({ caseSensitive: true })
  let read: Promise<ConsoleFiles> | undefined
  const files = () => {
    read ??= readConsoleFiles()
    return read
  }

  async function file(request: Request, response: Response): Promise<void> {
    const { version, files: all } = await files()
    const { version: asked, name } = request.params as { version?: string; name?: string[] }
    const found = asked === version ? all.get((name ?? []).join('/')) : undefined
    if (found === undefined) throw new AppError('NOT_FOUND', 'There is nothing at this address')
    contextOf(response).route = '/console/files'
    sendStatic(request, response, found, FOR_GOOD)
  }

  async function page(request: Request, response: Response): Promise<void> {
    contextOf(response).route = '/console'
    const made = await staticFile(Buffer.from(pageAt(await files(), request.path)), PAGE_TYPE)
    sendStatic(request, response, made, ASK_AGAIN)
  }

  // relative, so that it also works below a prefix
  router
    .route('/')
    .get((_request, response) => response.redirect(302, 'console'))
    .all(refuseOthers)
  router.route(FILES).get(pageHeaders, file).all(refuseOthers)
  router.route(['/console', '/console/*page']).get(pageHeaders, page).all(refuseOthers)
  return router
}

const refuseOthers: RequestHandler = ({ method }) => {
  throw new AppError('METHOD_NOT_ALLOWED', `${method} is not a verb of this address`, {
    allow: ['GET', 'HEAD'],
  })
}

/** The page with the addresses of its files as they are seen from there. */
function pageAt({ version, styles, scripts, page }: ConsoleFiles, path: string): string {
  const up = '../'.repeat(path.split('/').length - 2)
  const address = (name: string) => `${up}console/files/${version}/${name}`
  const tags = [
    ...styles.map((name) => `<link rel="stylesheet" href="${address(name)}" />`),
    ...scripts.slice(1).map((name) => `<link rel="modulepreload" href="${address(name)}" />`),
    `<script type="module" src="${address(scripts[0] ?? '')}"></script>`,
  ]
  return page.replace('<!-- files -->', tags.join('\n    '))
}

const pageHeaders = ownPageHeaders({ images: ["'self'", 'data:'], forms: true })

import express, { type RequestHandler, type Router } from 'express'
import { contextOf } from '../context.ts'
import { ownPageHeaders } from '../headers.ts'
import { refuseOtherVerbs } from '../health.ts'
import type { Limits } from '../limits/limits.ts'
import { sendStatic, serveFile, staticFile } from '../openapi/static-file.ts'
import { plain, widgetFile, widgetScript } from './bundle.ts'

export const WIDGET_PATH = '/widget/streakline.js'
const SCRIPT_TYPE = 'text/javascript; charset=utf-8'

/**
 * The widget, for pages of any origin, and a page that shows it. Both need no credentials: what the widget shows it reads
 * with those of the page it stands in.
 */
export function createWidgetRoutes(limits: Limits): Router {
  const router = express.Router({ caseSensitive: true, strict: true })
  // not limited by address: all shoppers of a shop may come through one
  router.get(WIDGET_PATH, widget())
  const page = ownPageHeaders({ images: ['data:'] })
  const own = async (name: string, type: string) => staticFile(Buffer.from(await widgetFile(name)), type)
  const script = async () => staticFile(Buffer.from(plain(await widgetFile('demo/demo.ts'))), SCRIPT_TYPE)
  router.get(
    '/widget/demo',
    limits.byAddress,
    page,
    serveFile('/widget/demo', () => own('demo/index.html', 'text/html; charset=utf-8')),
  )
  router.get(
    '/widget/demo.css',
    limits.byAddress,
    page,
    serveFile('/widget/demo.css', () => own('demo/demo.css', 'text/css; charset=utf-8')),
  )
  router.get('/widget/demo.js', limits.byAddress, page, serveFile('/widget/demo.js', script))
  const all = [WIDGET_PATH, '/widget/demo', '/widget/demo.css', '/widget/demo.js']
  router.all(all, limits.byAddress, page, refuseOtherVerbs)
  return router
}

function widget(): RequestHandler {
  let made: ReturnType<typeof staticFile> | undefined
  return async (request, response) => {
    contextOf(response).route = WIDGET_PATH
    response.setHeader('Access-Control-Allow-Origin', '*')
    response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin')
    made ??= widgetScript().then((text) => staticFile(Buffer.from(text), SCRIPT_TYPE))
    sendStatic(request, response, await made, 'public, max-age=300')
  }
}

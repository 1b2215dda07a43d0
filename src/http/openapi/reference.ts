import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import express, { type Router } from 'express'
import { ownPageHeaders } from '../headers.ts'
import { refuseOtherVerbs } from '../health.ts'
import type { Served } from '../resource.ts'
import { openApiDocument } from './document.ts'
import { serveFile, staticFile } from './static-file.ts'

const JSON_TYPE = 'application/json; charset=utf-8'
const SCRIPT_TYPE = 'text/javascript; charset=utf-8'
const STYLE_TYPE = 'text/css; charset=utf-8'

const OWN = fileURLToPath(new URL('./page/', import.meta.url))
const SWAGGER_UI = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))

const FILES: readonly (readonly [path: string, file: string, type: string])[] = [
  ['/docs', join(OWN, 'index.html'), 'text/html; charset=utf-8'],
  ['/docs/setup.js', join(OWN, 'setup.js'), SCRIPT_TYPE],
  ['/docs/page.css', join(OWN, 'page.css'), STYLE_TYPE],
  ['/docs/swagger-ui-bundle.js', join(SWAGGER_UI, 'swagger-ui-bundle.js'), SCRIPT_TYPE],
  ['/docs/swagger-ui.css', join(SWAGGER_UI, 'swagger-ui.css'), STYLE_TYPE],
]

/** The API document at `/openapi.json` and a page to read and try it at `/docs`; both need no credentials. */
export function createReference(resources: readonly Served[]): Router {
  const router = express.Router({ caseSensitive: true, strict: true })
  const pageHeaders = ownPageHeaders({ images: ["'self'", 'data:'] })
  const document = serveFile('/openapi.json', async () =>
    staticFile(Buffer.from(JSON.stringify(openApiDocument(resources))), JSON_TYPE),
  )
  const documents = ['/openapi.json', '/api/v1.0/openapi.json']
  router.get(documents, pageHeaders, document)
  for (const [path, file, type] of FILES) {
    const serve = serveFile(path, async () => staticFile(await readFile(file), type))
    router.get(path, pageHeaders, serve)
  }
  router.all([...documents, ...FILES.map(([path]) => path)], pageHeaders, refuseOtherVerbs)
  // the page's own addresses are relative, so that it also works below a prefix
  router.get('/docs/', (_request, response) => response.redirect(308, '../docs'))
  return router
}

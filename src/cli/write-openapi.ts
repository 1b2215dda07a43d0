import { writeFile } from 'node:fs/promises'
import { connectorFor } from '../../connectors/registry.ts'
import { createCouponProviders } from '../coupons/registry.ts'
import type { HttpDeps } from '../http/deps.ts'
import { openApiDocument } from '../http/openapi/document.ts'
import { createResources } from '../http/resources.ts'

/** `npm run openapi`: writes down what the program says of its API. Nothing is served, so nothing stands behind it. */
const nothing = {} as HttpDeps
const resources = createResources({
  ...nothing,
  connectors: { get: connectorFor },
  providers: createCouponProviders(nothing),
})
const document = openApiDocument(resources)

await writeFile(new URL('../../docs/openapi.json', import.meta.url), `${JSON.stringify(document, null, 2)}\n`)

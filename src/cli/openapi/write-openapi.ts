import { writeFileSync } from 'node:fs'
import { CONNECTORS } from '../../../connectors/registry.ts'
import { createCouponProviders } from '../../coupons/registry.ts'
import type { HttpDeps } from '../../http/deps.ts'
import { openApiDocument } from '../../http/openapi/document.ts'
import { createResources } from '../../http/resources.ts'
import { clientTypes } from './client-types.ts'
import { formatted } from './generated-file.ts'

/**
 * The second half of `npm run openapi`, which reads what the first one kept: writes down what the program says of its
 * API, docs/openapi.json, and the types of the client that follow from it. Nothing is served, so nothing stands behind
 * the resources.
 */
const nothing = {} as HttpDeps
const document = openApiDocument(
  createResources({
    ...nothing,
    connectors: CONNECTORS,
    providers: createCouponProviders(nothing),
  }),
)
const text = `${JSON.stringify(document, null, 2)}\n`
const types = new URL('../../client/schema.ts', import.meta.url)
const source = formatted(types, clientTypes(document))
writeFileSync(new URL('../../../docs/openapi.json', import.meta.url), text)
writeFileSync(types, source)

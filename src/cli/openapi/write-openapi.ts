import { readFileSync, writeFileSync } from 'node:fs'
import { CONNECTORS } from '../../../connectors/registry.ts'
import { composeInstalling, type InstallingParts } from '../../compose-installing.ts'
import { createCouponProviders } from '../../coupons/registry.ts'
import type { HttpDeps } from '../../http/deps.ts'
import { openApiDocument } from '../../http/openapi/document.ts'
import { createResources } from '../../http/resources.ts'
import { clientTypes } from './client-types.ts'
import { formatted } from './generated-file.ts'
import { withTables } from './list-tables.ts'

/**
 * The second half of `npm run openapi`, which reads what the first one kept: writes down what the program says of its
 * API, docs/openapi.json, and what follows from it: the types of the client, and the tables of docs/lists.md. Nothing is
 * served, so nothing stands behind the resources.
 */
const nothing = {} as HttpDeps
const { hands, installing } = composeInstalling({} as InstallingParts)
const resources = createResources({
  ...nothing,
  hands,
  installing,
  connectors: CONNECTORS,
  providers: createCouponProviders(nothing),
})
const document = openApiDocument(resources)
const text = `${JSON.stringify(document, null, 2)}\n`
const types = new URL('../../client/schema.ts', import.meta.url)
const source = formatted(types, clientTypes(document))
writeFileSync(new URL('../../../docs/openapi.json', import.meta.url), text)
writeFileSync(types, source)
const lists = new URL('../../../docs/lists.md', import.meta.url)
writeFileSync(lists, withTables(readFileSync(lists, 'utf8'), resources))

import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { connectorFor } from '../../../connectors/registry.ts'
import { createCouponProviders } from '../../coupons/registry.ts'
import type { HttpDeps } from '../../http/deps.ts'
import { openApiDocument } from '../../http/openapi/document.ts'
import { createResources } from '../../http/resources.ts'
import { clientTypes } from './client-types.ts'

/**
 * `npm run openapi`: writes down what the program says of its API, docs/openapi.json, and the types of the client that
 * follow from it. Nothing is served, so nothing stands behind the resources.
 */
const nothing = {} as HttpDeps
const document = openApiDocument(
  createResources({
    ...nothing,
    connectors: { get: connectorFor },
    providers: createCouponProviders(nothing),
  }),
)
const types = fileURLToPath(new URL('../../client/schema.ts', import.meta.url))
const { status, stdout, stderr } = spawnSync('biome', ['format', `--stdin-file-path=${types}`], {
  input: clientTypes(document),
  encoding: 'utf8',
})
if (status === 0) {
  writeFileSync(
    new URL('../../../docs/openapi.json', import.meta.url),
    `${JSON.stringify(document, null, 2)}\n`,
  )
  writeFileSync(types, stdout)
} else {
  process.stderr.write(stderr)
  process.exitCode = 1
}

import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { buildClientSchema, type IntrospectionQuery, printSchema } from 'graphql'

/**
 * Makes `src/doubles/shopify/schema` anew: the schema of Shopify's Admin API that the double of Shopify holds every
 * query against, without its descriptions, and the table of what each type and field needs in scopes. Both are taken
 * from Shopify's own package, whose licence (ISC) is kept beside them. Run it by hand: `node scripts/shopify-schema.ts`.
 */
const PACKAGE = '@shopify/dev-mcp@1.16.0'
const VERSION = '2026-10'
const TARGET = 'src/doubles/shopify/schema'

interface Access {
  readonly typeName: string
  readonly fieldName?: string
  readonly requiredAccess: string
  readonly offlineScopes: readonly string[]
}

interface Source {
  readonly data: IntrospectionQuery
  readonly offline_scopes: { readonly items: readonly Access[] }
}

/** Prose goes, what is deprecated stays marked: only the shape is held against queries. */
function withoutProse(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutProse)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (key === 'description') return [key, null]
      if (key === 'deprecationReason') return [key, inner === null ? null : 'No longer supported']
      return [key, withoutProse(inner)]
    }),
  )
}

const folder = mkdtempSync(join(tmpdir(), 'shopify-schema-'))
try {
  execFileSync('npm', ['pack', PACKAGE, '--silent', '--pack-destination', folder], { cwd: folder })
  execFileSync('sh', ['-c', 'tar xzf *.tgz'], { cwd: folder })
  const data = join(folder, 'package/dist/data', `admin_${VERSION}.json.gz`)
  const source = JSON.parse(gunzipSync(readFileSync(data)).toString()) as Source
  const sdl = printSchema(buildClientSchema(withoutProse(source.data) as IntrospectionQuery))
  const needed = source.offline_scopes.items.filter(({ offlineScopes }) => offlineScopes.length > 0)
  const access = Object.fromEntries(
    needed.map(({ typeName, fieldName, requiredAccess, offlineScopes }) => [
      fieldName === undefined ? typeName : `${typeName}.${fieldName}`,
      { words: requiredAccess, scopes: offlineScopes },
    ]),
  )
  writeFileSync(
    join(TARGET, `admin-${VERSION}.json.gz`),
    gzipSync(JSON.stringify({ sdl, access }), { level: 9 }),
  )
  copyFileSync(join(folder, 'package/LICENSE'), join(TARGET, 'LICENSE'))
} finally {
  rmSync(folder, { recursive: true })
}

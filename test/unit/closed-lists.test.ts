import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { CONNECTORS } from '../../connectors/registry.ts'
import * as backfillValues from '../../src/ports/schema/backfill-values.ts'
import * as consoleValues from '../../src/ports/schema/console-values.ts'
import * as installationValues from '../../src/ports/schema/installation-values.ts'
import * as newsValues from '../../src/ports/schema/news-values.ts'
import * as tellingValues from '../../src/ports/schema/telling-values.ts'
import * as values from '../../src/ports/schema/values.ts'
import { SCHEMA, specOf } from '../../src/ports/schema.ts'

/** Made of another list. */
const { MESSAGE_TYPES } = tellingValues
const ROOT = new URL('../../', import.meta.url)

/** Sources of these folders, without their spaces; what is generated is left out. */
function sourcesIn(...folders: readonly string[]): [string, string][] {
  return folders.flatMap((folder) =>
    readdirSync(new URL(folder, ROOT), { recursive: true, encoding: 'utf8' })
      .map((file) => `${folder}/${file}`)
      .filter((file) => file.endsWith('.ts') && file !== 'src/client/schema.ts')
      .map((file): [string, string] => [
        file,
        readFileSync(new URL(file, ROOT), 'utf8').replaceAll(/\s/g, ''),
      ]),
  )
}

const MODULES = {
  values,
  'backfill-values': backfillValues,
  'console-values': consoleValues,
  'installation-values': installationValues,
  'news-values': newsValues,
  'telling-values': tellingValues,
}
const LISTS = Object.entries(MODULES).flatMap(([module, lists]) =>
  Object.entries(lists).flatMap(([name, list]) =>
    Array.isArray(list) && list.length > 1 ? [[name, list as readonly string[], module] as const] : [],
  ),
)

describe('closed lists', () => {
  const sources = sourcesIn('src', 'workers')

  it.each(LISTS)('%s stands in the schema and is written nowhere else', (_, list, module) => {
    const written = list.map((value) => `'${value}'`).join(',')
    const files = sources.flatMap(([file, text]) => (text.includes(written) ? [file] : []))
    expect(files).toEqual(list === MESSAGE_TYPES ? [] : [`src/ports/schema/${module}.ts`])
  })

  it('are what the fields that have one are known by', () => {
    const known = new Set<unknown>(
      Object.values(MODULES).flatMap((each) => Object.values(each).filter(Array.isArray)),
    )
    const collections = Object.keys(SCHEMA) as (keyof typeof SCHEMA)[]
    const lists = collections.flatMap((collection) =>
      Object.values(specOf(collection).fields).flatMap((spec) => spec.values ?? []),
    )
    expect(lists.length).toBeGreaterThan(30)
    for (const collection of collections) {
      for (const { values: list } of Object.values(specOf(collection).fields)) {
        if (list !== undefined) expect(known.has(list)).toBe(true)
      }
    }
  })
})

describe('platforms and providers', () => {
  it('no platform is named between the address of its webhooks and the coupon', () => {
    const rooms = ['commit', 'engine', 'http', 'inbox', 'members', 'ports', 'rewards', 'setup']
    const naming = sourcesIn(...rooms.map((room) => `src/${room}`), 'workers').flatMap(([file, text]) =>
      [...CONNECTORS.keys()].some((name) => text.includes(`'${name}'`)) ? [file] : [],
    )
    expect(naming).toEqual([])
  })
})

import { readFileSync } from 'node:fs'
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { SCHEMA_VERSION } from '../../src/ports/schema.ts'
import { type FrozenKeys, frozenKeys, thawMongo, thawSqlite } from '../helpers/frozen-stores.ts'
import { mongoForTests } from '../helpers/mongo-server.ts'
import type { StoreKind } from '../helpers/open-store.ts'
import { runProgram } from '../helpers/run-program.ts'
import { makeTempFolder } from '../helpers/temp-folder.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PAGE = readFileSync(new URL('../../docs/adding-a-field.md', import.meta.url), 'utf8')
const PLACED = /^```ts\n\/\/ (\S+), (?:below `(.+)`|at the end of (\w+))\n([\s\S]*?)\n```$/gm

interface Edit {
  readonly file: string
  /** The line above, or the list at the end of which it goes. */
  readonly below: string | undefined
  readonly list: string | undefined
  readonly lines: string
}

const edits: Edit[] = [...PAGE.matchAll(PLACED)].map(([, file = '', below, list, lines = '']) => ({
  file,
  below,
  list,
  lines: lines.replace('version: 2', `version: ${SCHEMA_VERSION + 1}`),
}))

/** Does with a file what the page says. @throws Error where the page names a place that is not there */
async function edit(folder: string, { file, below, list, lines }: Edit): Promise<void> {
  const path = join(folder, file)
  const old = (await readFile(path, 'utf8')).split('\n')
  const start = list === undefined ? 0 : old.findIndex((line) => line.startsWith(`export const ${list}`))
  const at =
    list === undefined
      ? old.findIndex((line) => line.trim() === below) + 1
      : old.findIndex((line, place) => place > start && line === ']')
  if (at <= 0 || start < 0) throw new Error(`${file} has no place ${below ?? list}`)
  await writeFile(path, old.toSpliced(at, 0, lines).join('\n'))
}

const server = await mongoForTests()
let folder: string
let remove: () => Promise<void>

beforeAll(async () => {
  ;[folder, remove] = await makeTempFolder()
  for (const part of [
    'src',
    'connectors',
    'workers',
    'docs',
    'test/helpers',
    'test/fixtures',
    'test/contract/store',
  ]) {
    await mkdir(dirname(join(folder, part)), { recursive: true })
    await cp(join(ROOT, part), join(folder, part), { recursive: true })
  }
  await cp(join(ROOT, 'package.json'), join(folder, 'package.json'))
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  for (const each of edits) await edit(folder, each)
})
afterAll(async () => {
  await remove()
  await server?.stop()
})

/** A store of version 1 that the copy may change. */
async function thawed(kind: StoreKind): Promise<string> {
  if (kind === 'mongodb') {
    const uri = server?.anotherUri() ?? ''
    await thawMongo(1, uri)
    return uri
  }
  const path = join(folder, 'streakline.sqlite')
  thawSqlite(1, path)
  return path
}

async function speak(kind: StoreKind, uri: string, { accountId, apiKey, apiSecret }: FrozenKeys) {
  const script = join(folder, 'test/helpers/added-field-child.ts')
  const parameters = ['--no-warnings', script, kind, uri, accountId, apiKey, apiSecret]
  return await runProgram(process.execPath, parameters)
}

describe('docs/adding-a-field.md', () => {
  it('names the places of its example', () => {
    expect(edits.map(({ file }) => file)).toEqual([
      'src/ports/schema/streaks.ts',
      'src/ports/schema/streaks.ts',
      'src/ports/schema/versions.ts',
      'src/http/routes/streak-shape.ts',
      'src/http/openapi/texts/streaks.ts',
    ])
    expect(PAGE.match(/^\/\/ src/gm)).toHaveLength(edits.length)
  })

  it.each(server === null ? (['sqlite'] as const) : (['sqlite', 'mongodb'] as const))(
    'adds a field that a store of version 1 has from then on, on %s',
    async (kind) => {
      const { status, stdout, stderr } = await speak(kind, await thawed(kind), frozenKeys(1)[kind])
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      const { outstanding, ...heard } = JSON.parse(stdout)
      expect(outstanding.at(-1)).toBe(`Version ${SCHEMA_VERSION + 1}: notes on streaks.`)
      expect(heard).toEqual({
        version: SCHEMA_VERSION + 1,
        before: ['A purchase a day: none', 'Next year: none', 'Twenty a week: none'],
        created: ['all new', 'none'],
        patched: [200, 'patched'],
        equal: ['Next year: none', 'Twenty a week: none', 'plain: none'],
        other: ['made: all new', 'A purchase a day: patched'],
        all: [
          'made: all new',
          'Next year: none',
          'Twenty a week: none',
          'plain: none',
          'A purchase a day: patched',
        ],
      })
    },
  )

  it('leaves a program that type-checks', async () => {
    await cp(join(ROOT, 'tsconfig.json'), join(folder, 'tsconfig.json'))
    const { status, stdout } = await runProgram(
      process.execPath,
      [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', '.'],
      { cwd: folder },
    )
    const inSources = stdout.split('\n').filter((line) => /^(src|connectors|workers)\//.test(line))
    expect({ inSources, ended: status !== null }).toEqual({ inSources: [], ended: true })
  })
})

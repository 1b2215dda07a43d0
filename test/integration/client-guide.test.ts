import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { RESOURCES } from '../../src/client/schema.ts'
import { type Api, startApi } from '../helpers/api.ts'
import { codeBlocks, withAnswers } from '../helpers/guide.ts'
import { runProgram } from '../helpers/run-program.ts'
import { makeTempFolder } from '../helpers/temp-folder.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** What a project of a reader needs, as the page says it. */
const TSCONFIG = {
  compilerOptions: {
    target: 'es2024',
    module: 'nodenext',
    strict: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    exactOptionalPropertyTypes: true,
    types: ['node'],
    typeRoots: [join(ROOT, 'node_modules/@types')],
  },
  include: ['.'],
}

let api: Api
let folder: string
let removeFolder: () => Promise<void>
let page: string

beforeAll(async () => {
  api = await startApi()
  ;[folder, removeFolder] = await makeTempFolder()
  page = await readFile(join(ROOT, 'docs/client.md'), 'utf8')
  const blocks = withAnswers(codeBlocks(page), 'ts', 'text')
  await cp(join(ROOT, 'src/client'), join(folder, 'streakline'), { recursive: true })
  await writeFile(join(folder, 'package.json'), '{"type": "module"}')
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG))
  await writeFile(join(folder, 'guide.ts'), blocks.map(({ code }) => code).join('\n'))
})
afterAll(async () => {
  await api.close()
  await removeFolder()
})

describe('docs/client.md', () => {
  it('prints what its blocks print, with the client copied as it says', async () => {
    const { headers } = await api.account('guide')
    const { status, stdout, stderr } = await runProgram(process.execPath, ['--no-warnings', 'guide.ts'], {
      cwd: folder,
      env: {
        ...process.env,
        STREAKLINE_URL: api.origin,
        STREAKLINE_API_KEY: headers['x-api-key'],
        STREAKLINE_API_SECRET: headers['x-api-secret'],
      },
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const told = codeBlocks(page).filter(({ language }) => language === 'text')
    expect(told.length).toBeGreaterThan(4)
    expect(stdout).toBe(told.map(({ text }) => text).join(''))
  })

  it('holds blocks that type-check with the options it names', async () => {
    const { status, stdout } = await runProgram('tsc', ['-p', '.'], { cwd: folder })
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
  })

  it('names every resource', () => {
    for (const key of Object.keys(RESOURCES)) expect(page).toContain(`\`${key}\``)
  })
})

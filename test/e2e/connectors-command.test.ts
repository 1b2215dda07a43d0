import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { allGone, CLI, type Program, plainEnv, ROOT, settingsIn, startProgram } from '../helpers/program.ts'
import { type Ended, runProgram } from '../helpers/run-program.ts'
import { makeTempFolder } from '../helpers/temp-folder.ts'

const TIMEOUT_MS = 300_000
const SECRET = 'a-secret-of-the-merchant'

let folder: string
let remove: () => Promise<void>
let settings: Record<string, string>
let program: Program
let origin: string
let headers: Record<string, string>

function streakline(parameters: readonly string[], input = ''): Promise<Ended> {
  return runProgram(process.execPath, [CLI, ...parameters], { env: plainEnv(settings), cwd: ROOT, input })
}

async function connector(): Promise<{ id: string }> {
  const answer = await fetch(`${origin}/schema/connector/record`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'my shop',
      platform: 'shopify',
      settings: { shopDomain: 'a.myshopify.com' },
    }),
  })
  return ((await answer.json()) as { data: { id: string } }).data
}

beforeAll(async () => {
  ;[folder, remove] = await makeTempFolder()
  settings = settingsIn(join(folder, 'data'))
  const { stdout } = await streakline(['init'])
  const printed = (name: string) => new RegExp(`^${name} +(\\S+)`, 'm').exec(stdout)?.[1] ?? ''
  headers = { 'x-api-key': printed('x-api-key'), 'x-api-secret': printed('x-api-secret') }
  program = startProgram([process.execPath, CLI, 'start'], { env: plainEnv(settings) })
  await program.printed('"msg":"listening"')
  const { port } = JSON.parse(/^.*"msg":"listening".*$/m.exec(program.output())![0]) as { port: number }
  origin = `http://127.0.0.1:${port}`
}, TIMEOUT_MS)

afterAll(async () => {
  const family = await program.family()
  program.child.kill('SIGTERM')
  await allGone(family)
  await remove()
})

describe('streakline connectors, while the program runs on SQLite', () => {
  it(
    'installs with secrets that are piped in or stand in a file, checks, lists and uninstalls',
    async () => {
      const { id } = await connector()
      const secrets = JSON.stringify({ webhookSecrets: [SECRET] })
      const install = ['connectors', 'install', id, '--method', 'manual']
      expect(await streakline(install, secrets)).toEqual({
        stdout: 'my shop (shopify, live): installed, manual\n',
        stderr: '',
        status: 0,
      })
      const file = join(folder, 'secrets.json')
      await writeFile(file, secrets, { mode: 0o600 })
      expect((await streakline([...install, '--file', file])).status).toBe(0)
      expect((await streakline(['connectors', 'check', id])).stdout).toContain('live): installed, manual')
      const { stdout } = await streakline(['connectors', 'list'])
      expect(stdout).toMatch(new RegExp(`^${id} +shopify +my shop +live +manual +installed +-$`, 'm'))
      expect((await streakline(['connectors', 'uninstall', id])).stdout).toContain('paused): uninstalled')
      expect(await streakline(['connectors', 'check', id])).toMatchObject({
        status: 1,
        stderr: 'The connector is not installed at its platform.\n',
      })
    },
    TIMEOUT_MS,
  )

  it(
    'says in a sentence what is wrong, and repeats no secret',
    async () => {
      const { id } = await connector()
      const install = (method: string, input: string) =>
        streakline(['connectors', 'install', id, '--method', method], input)
      const wrong = [
        await install('telepathy', '{}'),
        await install('manual', SECRET),
        await install('manual', JSON.stringify({ webhookSecrets: [`shpat_${SECRET}`] })),
        await streakline(['connectors', 'check', '0199f6c0-0000-7000-8000-000000000000']),
      ]
      for (const { status, stdout, stderr } of wrong) {
        expect({ status, stdout, lines: stderr.trim().split('\n').length }).toEqual({
          status: 1,
          stdout: '',
          lines: 1,
        })
        expect(stderr).not.toContain(SECRET)
      }
    },
    TIMEOUT_MS,
  )
})

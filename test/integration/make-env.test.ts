import { cp, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { composeServices, interpolated, variablesIn } from '../helpers/compose-file.ts'
import { ROOT } from '../helpers/program.ts'
import { type Ended, runProgram } from '../helpers/run-program.ts'
import { makeTempFolder } from '../helpers/temp-folder.ts'

let folder: string
let remove: () => Promise<void>

beforeEach(async () => {
  ;[folder, remove] = await makeTempFolder()
  await mkdir(join(folder, 'scripts'))
  await cp(join(ROOT, 'scripts/make-env.sh'), join(folder, 'scripts/make-env.sh'))
})
afterEach(() => remove())

function makeEnv(...parameters: string[]): Promise<Ended> {
  return runProgram('bash', [join(folder, 'scripts/make-env.sh'), ...parameters], { cwd: '/' })
}

const envFile = () => readFile(join(folder, '.env'), 'utf8')

describe('scripts/make-env.sh', () => {
  it('writes what docker-compose.yml asks for, for its owner alone, and shows no secret', async () => {
    const { status, stdout, stderr } = await makeEnv('shop.example.com')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect((await stat(join(folder, '.env'))).mode & 0o777).toBe(0o600)
    expect((await readdir(folder)).sort()).toEqual(['.env', 'scripts'])
    const made = variablesIn(await envFile())
    expect(made.get('DOMAIN')).toBe('shop.example.com')
    for (const { environment = {} } of Object.values(composeServices())) {
      for (const value of Object.values(environment)) interpolated(value, Object.fromEntries(made))
    }
    const secrets = [...made].filter(([name]) => /KEY$|PASSWORD$/.test(name)).map(([, value]) => value)
    expect(secrets).toHaveLength(6)
    expect(new Set(secrets).size).toBe(6)
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThanOrEqual(32)
      expect(stdout).not.toContain(secret)
    }
    // they stand in addresses, and Compose fills variables in
    for (const name of ['MONGO_PASSWORD', 'REDIS_PASSWORD']) expect(made.get(name)).toMatch(/^[0-9a-f]{64}$/)
  })

  it('draws other secrets each time', async () => {
    await makeEnv()
    const first = variablesIn(await envFile())
    await writeFile(join(folder, 'moved'), await envFile())
    await runProgram('rm', [join(folder, '.env')])
    await makeEnv()
    const second = variablesIn(await envFile())
    expect(second.get('DOMAIN')).toBe('localhost')
    for (const [name, value] of first)
      if (/KEY$|PASSWORD$/.test(name)) expect(second.get(name)).not.toBe(value)
  })

  it('never writes over one that is there', async () => {
    await writeFile(join(folder, '.env'), 'STREAKLINE_ENCRYPTION_KEY=kept\n')
    const { status, stderr } = await makeEnv()
    expect(status).toBe(1)
    expect(stderr).toMatch(/^make-env: \.env is there already and stays as it is: .*\n$/)
    expect(await envFile()).toBe('STREAKLINE_ENCRYPTION_KEY=kept\n')
  })

  it.each(['https://shop.example.com', 'a b', ''])('refuses %j as a name', async (name) => {
    const { status, stderr } = await makeEnv(name)
    if (name === '') expect(status).toBe(0)
    else
      expect({ status, stderr }).toEqual({
        status: 1,
        stderr: expect.stringContaining('is no name of a machine'),
      })
  })
})

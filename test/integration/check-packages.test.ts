import { chmod, cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { fileText } from '../helpers/compose-file.ts'
import { plainEnv, ROOT } from '../helpers/program.ts'
import { type Ended, runProgram } from '../helpers/run-program.ts'
import { makeTempFolder } from '../helpers/temp-folder.ts'

let folder: string
let remove: () => Promise<void>

beforeEach(async () => {
  ;[folder, remove] = await makeTempFolder()
  await mkdir(join(folder, 'scripts'))
  await cp(join(ROOT, 'scripts/check-packages.sh'), join(folder, 'scripts/check-packages.sh'))
})
afterEach(() => remove())

/** Runs the check where `npm audit signatures` prints and ends as told; registries differ. */
async function check(answer: string, exitCode: number, ...parameters: string[]): Promise<Ended> {
  const npm = join(folder, 'npm')
  const audit = `cat <<'ANSWER'\n${answer}\nANSWER\nexit ${exitCode}`
  await writeFile(
    npm,
    `#!/bin/sh\nif [ "$1" = sbom ]; then echo '{"bomFormat": "CycloneDX"}'; exit; fi\n${audit}\n`,
  )
  await chmod(npm, 0o755)
  const env = { ...plainEnv(), PATH: [folder, plainEnv().PATH].join(delimiter) }
  return await runProgram('bash', [join(folder, 'scripts/check-packages.sh'), ...parameters], { env })
}

describe('scripts/check-packages.sh', () => {
  it('says what the registry says of its signatures, and keeps the list where it is told to', async () => {
    const list = join(folder, 'sbom.json')
    const ended = await check('700 packages have verified registry signatures', 0, list)
    expect(ended).toEqual({
      status: 0,
      stderr: '',
      stdout: `bill of materials: ${list}\nsignatures: 700 packages have verified registry signatures\n`,
    })
    expect(JSON.parse(await readFile(list, 'utf8'))).toEqual({ bomFormat: 'CycloneDX' })
  })

  it.each([
    '1 package has an invalid registry signature:\n\nexample@1.0.0',
    '2 packages have missing registry signatures but the registry is providing signing keys:\n\nexample@1.0.0',
    '1 package has an invalid attestation:\n\nexample@1.0.0',
  ])('fails for %j', async (answer) => {
    const { status, stderr } = await check(answer, 1)
    expect(status).toBe(1)
    expect(stderr).toContain('example@1.0.0')
  })

  it.each([
    'npm error code ENOTFOUND\nnpm error syscall getaddrinfo',
    'npm error found no dependencies to audit that were installed from a supported registry',
  ])('ends well, and says so, where it hears %j', async (answer) => {
    const { status, stdout, stderr } = await check(answer, 1)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toContain(
      `signatures: not checked, the registry does not answer: ${answer.split('\n')[0]}\n`,
    )
  })

  it('runs with the real npm on every check of a checkout', async () => {
    expect(fileText('.ci/run')).toContain('\nbash scripts/check-packages.sh\n')
    const env = plainEnv()
    const { status, stdout } = await runProgram('npm', 'sbom --sbom-format cyclonedx --omit dev'.split(' '), {
      env,
      cwd: ROOT,
    })
    expect(status).toBe(0)
    const { components } = JSON.parse(stdout) as { components: { name: string }[] }
    const names = components.map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['bullmq', 'mongoose', 'express']))
    expect(names).not.toContain('jest')
  })
})

import { chmod, cp, mkdir, symlink, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { plainEnv, ROOT } from './program.ts'
import { runProgram } from './run-program.ts'

/** Makes a checkout in a folder as a fresh clone has it, of the files as they are now; without tests and pages. */
export async function checkoutIn(folder: string): Promise<void> {
  const options = ['ls-files', '--cached', '--others', '--exclude-standard']
  const { stdout } = await runProgram('git', options, { cwd: ROOT })
  const files = stdout.split('\n').filter((name) => name !== '' && !/^(test|docs)\//.test(name))
  for (const file of files) await cp(join(ROOT, file), join(folder, file))
}

/**
 * Gives a checkout packages: those of this one, each by a link of its own, since `npm ci` empties the folder that it
 * finds. What the checkout notes down about them stays its own.
 */
export const LINK_PACKAGES = [
  'mkdir node_modules',
  `for each in ${ROOT}node_modules/* ${ROOT}node_modules/.bin ${ROOT}node_modules/.package-lock.json; do`,
  '  ln -s "$each" node_modules/',
  'done',
].join('\n')

/**
 * A folder for the front of PATH with an `npm` that links the packages of this checkout where the real one would fetch
 * them, and is the real one for all else.
 */
export async function npmThatLinks(folder: string): Promise<string> {
  await mkdir(folder)
  await symlink(await onPath('npm'), join(folder, 'real-npm'))
  const script = `#!/bin/sh\nif [ "$1" != ci ]; then exec real-npm "$@"; fi\n${LINK_PACKAGES}\n`
  await writeFile(join(folder, 'npm'), script)
  await chmod(join(folder, 'npm'), 0o755)
  return folder
}

/** Where a program is that a reader's shell finds. */
export async function onPath(tool: string): Promise<string> {
  for (const place of (plainEnv().PATH ?? '').split(delimiter)) {
    const { status } = await runProgram('test', ['-x', join(place, tool)])
    if (status === 0) return join(place, tool)
  }
  throw new Error(`${tool} is not on PATH`)
}

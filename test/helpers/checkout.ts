import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT } from './program.ts'
import { runProgram } from './run-program.ts'

/** Makes a checkout in a folder as a fresh clone has it, of the files as they are now; without tests and pages. */
export async function checkoutIn(folder: string): Promise<void> {
  const options = ['ls-files', '--cached', '--others', '--exclude-standard']
  const { stdout } = await runProgram('git', options, { cwd: ROOT })
  const files = stdout.split('\n').filter((name) => name !== '' && !/^(test|docs)\//.test(name))
  for (const file of files) await cp(join(ROOT, file), join(folder, file))
}

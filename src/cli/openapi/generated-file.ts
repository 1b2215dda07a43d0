import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** The text of a generated source file, in the format of the others. @throws Error when it is no TypeScript */
export function formatted(file: URL, text: string): string {
  const { status, stdout, stderr } = spawnSync(
    'biome',
    ['format', `--stdin-file-path=${fileURLToPath(file)}`],
    {
      input: text,
      encoding: 'utf8',
    },
  )
  if (status === 0) return stdout
  throw new Error(`biome does not take ${file.pathname}: ${stderr}`)
}

import type { Api, Client } from './api.ts'
import { type Ended, runProgram } from './run-program.ts'

/** Runs the blocks of docs/api.md one after the other in one shell, as a reader pastes them; what each printed. */
export async function followGuide(
  api: Api,
  client: Client,
  blocks: readonly { readonly code: string }[],
  shell: string,
): Promise<{ readonly ended: Pick<Ended, 'status' | 'stderr'>; readonly printed: string[] }> {
  const settings: readonly (readonly [string, string])[] = [
    ['http://127.0.0.1:8080', api.origin],
    ['the-x-api-key', client.headers['x-api-key'] ?? ''],
    ['the-x-api-secret', client.headers['x-api-secret'] ?? ''],
  ]
  const [first = '', ...others] = blocks.map(({ code }) => code)
  for (const [placeholder] of settings) {
    if (!first.includes(placeholder)) throw new Error(`the first block does not set ${placeholder}`)
  }
  const start = settings.reduce((code, [placeholder, value]) => code.replace(placeholder, value), first)
  const script = [start, ...others].map((code, index) => `printf '\\n@@%s\\n' ${index}\n${code}`).join('')
  const { status, stdout, stderr } = await runProgram(shell, ['-u'], { input: script })
  return { ended: { status, stderr }, printed: stdout.split(/\n@@\d+\n/).slice(1) }
}

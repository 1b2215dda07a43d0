import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { AppError } from '../errors.ts'

/** What a merchant gives; never by arguments, which every process of the machine can read. */
export type Given = Readonly<Record<string, unknown>>

/**
 * Secrets from a file or from what is piped in, as a JSON object; or asked for one by one where somebody sits at the
 * terminal, without showing them. @throws AppError INVALID_INPUT
 */
export async function readGiven(file: string | undefined, fields: readonly string[]): Promise<Given> {
  if (file !== undefined && file !== '-') return objectIn(await readFile(file, 'utf8'), file)
  if (file === undefined && process.stdin.isTTY) return await askFor(fields)
  return objectIn(await text(process.stdin), 'standard input')
}

function objectIn(json: string, where: string): Given {
  try {
    const given: unknown = JSON.parse(json)
    if (typeof given === 'object' && given !== null && !Array.isArray(given)) return given as Given
  } catch {
    // said below; the text may hold secrets
  }
  throw new AppError('INVALID_INPUT', `${where} holds no JSON object, such as {"clientId": "…"}`)
}

async function askFor(fields: readonly string[]): Promise<Given> {
  const given: Record<string, unknown> = {}
  for (const field of fields) {
    const answer = await askHidden(`${field}: `)
    given[field] = field.endsWith('s') ? answer.split(/\s+/).filter((part) => part !== '') : answer.trim()
  }
  return given
}

function askHidden(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr, terminal: true })
  process.stderr.write(question)
  // what is typed is not written back
  Object.assign(terminal, { _writeToOutput: () => {} })
  return new Promise((resolve) => {
    terminal.question('', (answer) => {
      terminal.close()
      process.stderr.write('\n')
      resolve(answer)
    })
  })
}

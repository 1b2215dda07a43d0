import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { checkoutIn, npmThatLinks } from '../helpers/checkout.ts'
import { redisOf } from '../helpers/demo-process.ts'
import { codeBlocks, comparable } from '../helpers/guide.ts'
import { plainEnv } from '../helpers/program.ts'
import { type Ended, runProgram } from '../helpers/run-program.ts'
import { makeTempFolder } from '../helpers/temp-folder.ts'

const PAGE = readFileSync(new URL('../../docs/first-streak.md', import.meta.url), 'utf8')
const TIMEOUT_MS = 300_000

/** Each shell block, and what the page says that it prints. */
const steps = codeBlocks(PAGE).flatMap((block, index, blocks) => {
  if (block.language !== 'sh') return []
  const next = blocks[index + 1]
  const told = next === undefined || next.language === 'sh' ? null : next
  return [{ code: block.text, told }]
})

let folder: string
let remove: () => Promise<void>
let ended: Ended
let printed: string[]

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return (address as { port: number }).port
}

beforeAll(async () => {
  ;[folder, remove] = await makeTempFolder()
  const port = await freePort()
  const script = steps
    .map(({ code }, index) => `printf '\\n@@%s\\n' ${index}\n${code}`)
    .join('')
    .replaceAll('127.0.0.1:8080', `127.0.0.1:${port}`)
  const cwd = join(folder, 'streakline')
  await checkoutIn(cwd)
  const PATH = [await npmThatLinks(join(folder, 'bin')), plainEnv().PATH].join(delimiter)
  ended = await runProgram('bash', ['-u'], {
    input: script,
    cwd,
    env: { ...plainEnv({ PORT: String(port) }), PATH },
  })
  printed = ended.stdout
    .replaceAll(`127.0.0.1:${port}`, '127.0.0.1:8080')
    .split(/\n@@\d+\n/)
    .slice(1)
}, TIMEOUT_MS)

afterAll(async () => {
  const redis = await redisOf(join(folder, 'streakline'))
  if (redis !== undefined) process.kill(redis)
  await remove()
})

/** What differs from one run to the next: ids, keys and secrets, the week. Codes of the pool go out roughly in order. */
function steady(text: string): string {
  return text
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID')
    .replace(/^(x-api-\w+ +)\S+$/gm, '$1…')
    .replace(/#token=\S+$/gm, '#token=…')
    .replace(/\d{4}-\d\d-\d\d/g, 'WEEK')
    .replace(/FOUR-WEEKS-\w\d/g, 'CODE')
    .trim()
}

describe('docs/first-streak.md', () => {
  it('goes to its end without an error, and leaves nothing running', async () => {
    expect({ status: ended.status, stderr: ended.stderr }).toEqual({ status: 0, stderr: '' })
    expect(await redisOf(join(folder, 'streakline'))).toBeUndefined()
  })

  it('prints what it says it prints, and nothing where it says nothing', () => {
    expect(printed).toHaveLength(steps.length)
    for (const [index, { code, told }] of steps.entries()) {
      const came = printed[index]!.trim()
      if (told?.language === 'json') {
        const [expected, actual] = [comparable([JSON.parse(told.text)]), comparable([JSON.parse(came)])]
        expect(actual).toEqual(expected)
      } else {
        expect({ code, printed: steady(came) }).toEqual({ code, printed: steady(told?.text ?? '') })
      }
    }
  })

  it('ends with a coupon for the fourth week', () => {
    expect(printed.join('\n')).toMatch(/\d{4}-\d\d-\d\d {2}FOUR-WEEKS-[ABC]\d {2}issued/)
  })
})

import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Api, type Client, startApi } from '../helpers/api.ts'
import { followGuide } from '../helpers/follow-guide.ts'
import { codeBlocks, comparable, withAnswers } from '../helpers/guide.ts'

const PAGE = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8')
const blocks = withAnswers(codeBlocks(PAGE), 'sh', 'json')

let api: Api
let client: Client
/** What each block printed. */
let printed: string[]

/** The blocks one after the other in one shell, as a reader pastes them. */
async function follow(shell: string): Promise<string[]> {
  const { ended, printed } = await followGuide(api, client, blocks, shell)
  expect(ended).toEqual({ status: 0, stderr: '' })
  return printed
}

beforeAll(async () => {
  api = await startApi()
  client = await api.account('guide')
  printed = await follow('bash')
})
afterAll(() => api.close())

describe('docs/api.md', () => {
  it('tells the three stories', () => {
    expect(blocks.filter(({ answer }) => answer !== null).length).toBeGreaterThanOrEqual(11)
    for (const title of ['A purchase a day', 'The seventh café visit', '70,000 steps a week']) {
      expect(PAGE).toContain(`\n## ${title}\n`)
    }
  })

  it('prints what its blocks answer', () => {
    const told = blocks.flatMap(({ answer }) => (answer === null ? [] : [JSON.parse(answer)]))
    const came = blocks.flatMap(({ answer }, index) =>
      answer === null ? [] : [JSON.parse(printed[index]?.trim().split('\n').at(-1) ?? '')],
    )
    const [expected, actual] = [comparable(told), comparable(came)]
    for (const [index, answer] of expected.entries()) expect(actual[index]).toEqual(answer)
  })

  it('shows the answer of every block that prints one', () => {
    const silent = blocks.flatMap(({ answer, code }, index) =>
      answer === null && printed[index]?.trim() !== '' ? [code] : [],
    )
    expect(silent).toEqual([])
  })

  it('can be followed again on the same server, also with another shell', async () => {
    const again = await follow('sh')
    expect(again.map((text) => text.trim() === '')).toEqual(printed.map((text) => text.trim() === ''))
  })
})

describe('comparing answers', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((digit) => `${digit.repeat(8)}-0000-4000-8000-000000000000`)

  it('takes other ids in the same places, and no others', () => {
    const first = comparable([{ id: a, of: b }, { id: a }])
    expect(comparable([{ id: b, of: c }, { id: b }])).toEqual(first)
    expect(comparable([{ id: b, of: c }, { id: c }])).not.toEqual(first)
  })

  it('leaves out the times of the call, and nothing else', () => {
    const record = { createdAt: 'x', activityAt: 'y' }
    expect(comparable([{ ...record, createdAt: 'z' }])).toEqual(comparable([record]))
    expect(comparable([{ ...record, activityAt: 'z' }])).not.toEqual(comparable([record]))
  })
})

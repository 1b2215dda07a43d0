import { expect, it } from '@jest/globals'
import { progressLine } from '../../src/cli/progress.ts'

function terminal(isTTY: boolean) {
  const written: string[] = []
  const stream = { isTTY, write: (text: string) => written.push(text) > 0 } as unknown as NodeJS.WriteStream
  return { written, line: progressLine(stream) }
}

it('draws a bar in place, the last state for certain, and ends its line once', () => {
  const { written, line } = terminal(true)
  line.show(1, 4, 'members on streaks')
  // too soon after the first to be drawn
  line.show(2, 4, 'members on streaks')
  line.show(4, 4, 'members on streaks')
  line.end()
  line.end()
  expect(written).toEqual([
    `\r${'█'.repeat(8)}${'░'.repeat(22)} 1 of 4 members on streaks`,
    `\r${'█'.repeat(30)} 4 of 4 members on streaks`,
    '\n',
  ])
})

it('is silent where nobody watches', () => {
  const { written, line } = terminal(false)
  line.show(4, 4, 'members on streaks')
  line.end()
  expect(written).toEqual([])
})

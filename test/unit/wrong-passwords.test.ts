import { describe, expect, it } from '@jest/globals'
import { MAX_WRONG, WINDOW_MS, WrongPasswords } from '../../src/ops/wrong-passwords.ts'
import { recordingLogger } from '../helpers/recording-logger.ts'

function start() {
  let now = 1_000_000
  const logger = recordingLogger()
  const wrong = new WrongPasswords({ now: () => now }, logger)
  const fail = (address: string, times: number) => {
    for (let count = 0; count < times; count += 1) wrong.note(address)
  }
  return {
    wrong,
    logger,
    fail,
    pass: (ms: number) => {
      now += ms
    },
  }
}

describe('wrong operator passwords', () => {
  it('make an address wait once there are ten within 15 minutes, and say so once', () => {
    const { wrong, logger, fail, pass } = start()
    fail('a', MAX_WRONG - 1)
    expect(wrong.waitMs('a')).toBe(0)
    pass(1000)
    fail('a', 1)
    expect(wrong.waitMs('a')).toBe(WINDOW_MS - 1000)
    expect(wrong.waitMs('b')).toBe(0)
    expect(logger.lines).toMatchObject([
      { level: 'warn', fields: { address: 'a', waitMs: WINDOW_MS - 1000 } },
    ])
    pass(WINDOW_MS - 1001)
    expect(wrong.waitMs('a')).toBe(1)
    pass(1)
    expect(wrong.waitMs('a')).toBe(0)
  })

  it('are forgotten one by one, when each is 15 minutes old', () => {
    const { wrong, fail, pass } = start()
    fail('a', 1)
    pass(WINDOW_MS)
    fail('a', MAX_WRONG - 1)
    expect(wrong.waitMs('a')).toBe(0)
    fail('a', 1)
    expect(wrong.waitMs('a')).toBe(WINDOW_MS)
  })
})

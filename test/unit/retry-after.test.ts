import { describe, expect, it } from '@jest/globals'
import { retryAfterMs } from '../../src/ports/retry-after.ts'

const NOW = Date.parse('2026-11-22T10:00:00Z')

describe('Retry-After', () => {
  it.each([
    ['1', 1_000],
    ['120', 120_000],
    [' 120 ', 120_000],
    ['Sun, 22 Nov 2026 10:00:30 GMT', 30_000],
  ])('%s means %d ms', (text, expected) => expect(retryAfterMs({ 'retry-after': text }, NOW)).toBe(expected))

  it.each(['901', '99999999999999999999', 'Sun, 29 Nov 2026 10:00:00 GMT'])(
    '%s is cut to 15 minutes',
    (text) => expect(retryAfterMs({ 'retry-after': text }, NOW)).toBe(900_000),
  )

  it.each([
    '',
    '0',
    '-5',
    '1.5',
    '1e3',
    'soon',
    'Sun, 22 Nov 2026 09:59:59 GMT',
    'Sun, 99 Nov 2026 10:00:30 GMT',
    '2026-11-22T10:00:30Z',
  ])('%j says nothing', (text) => expect(retryAfterMs({ 'retry-after': text }, NOW)).toBeNull())

  it('may be missing', () => expect(retryAfterMs({}, NOW)).toBeNull())
})

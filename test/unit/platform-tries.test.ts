import { describe, expect, it } from '@jest/globals'
import { passingOf, wordsOf } from '../../connectors/answers.ts'
import { withTries } from '../../connectors/tries.ts'
import { NoAnswer, type Told } from '../../src/ports/platform-calls.ts'

const busy = (retryAfterMs: number | null = 1): Told<string> => ({
  outcome: 'unavailable',
  message: '503',
  retryAfterMs,
})
const good: Told<string> = { outcome: 'ok', value: 'done' }

/** Answers one after the other, and counts how often it was asked. */
function answers(...said: (Told<string> | Error)[]) {
  const asked = { times: 0 }
  const ask = async () => {
    const next = said[Math.min(asked.times, said.length - 1)]!
    asked.times += 1
    if (next instanceof Error) throw next
    return next
  }
  return { asked, ask }
}

describe('asking a platform again', () => {
  it('is done twice for what may pass, and not for what was answered', async () => {
    const { asked, ask } = answers(busy(), new NoAnswer('cut'), good)
    expect(await withTries(ask)).toEqual(good)
    expect(asked.times).toBe(3)
    const never = answers(busy())
    expect(await withTries(never.ask)).toEqual(busy())
    expect(never.asked.times).toBe(3)
    const no: Told<string> = { outcome: 'refused', refused: 'access', message: '401' }
    const refused = answers(no)
    expect(await withTries(refused.ask)).toEqual(no)
    expect(refused.asked.times).toBe(1)
  })

  it('waits as long as the platform asks, and ends at once where that would be too long', async () => {
    const { asked, ask } = answers(busy(300), good)
    const begunAt = performance.now()
    await withTries(ask)
    expect(performance.now() - begunAt).toBeGreaterThanOrEqual(295)
    expect(asked.times).toBe(2)
    const later = answers(busy(60_000))
    expect(await withTries(later.ask)).toEqual(busy(60_000))
    expect(later.asked.times).toBe(1)
  })

  it('ends each try, and all of them, in time', async () => {
    const reasons: unknown[] = []
    const hangs = (signal: AbortSignal) =>
      new Promise<Told<string>>((_, reject) => {
        signal.addEventListener('abort', () => {
          reasons.push(signal.reason)
          reject(new NoAnswer('timed out'))
        })
      })
    const unavailable = { outcome: 'unavailable', message: 'timed out', retryAfterMs: null }
    // what is not ended by its own limit takes longer than a test may
    expect(await withTries(hangs, { allMs: 3_600_000, eachMs: 20 })).toEqual(unavailable)
    expect(reasons).toHaveLength(3)
    expect(await withTries(hangs, { allMs: 200, eachMs: 3_600_000 })).toEqual(unavailable)
    expect(reasons).toHaveLength(4)
  })

  it('is not done for an address that leads nowhere, nor once the caller gave up', async () => {
    const inside = answers(new NoAnswer('x has no public address', false))
    expect(await withTries(inside.ask)).toEqual({
      outcome: 'refused',
      refused: 'request',
      message: 'x has no public address',
    })
    expect(inside.asked.times).toBe(1)
    const { asked, ask } = answers(busy())
    await withTries(ask, { signal: AbortSignal.abort() })
    expect(asked.times).toBe(1)
  })

  it('lets faults of ours through', async () => {
    await expect(withTries(answers(new TypeError('ours')).ask)).rejects.toThrow('ours')
  })
})

describe('what a platform answered', () => {
  const answer = (status: number, headers = {}) => ({ status, headers, text: '' })

  it.each([408, 429, 500, 502, 503, 504])('may pass where it is %d', (status) => {
    expect(passingOf(answer(status), 0)).toEqual({
      outcome: 'unavailable',
      message: String(status),
      retryAfterMs: null,
    })
  })
  it.each([200, 301, 400, 401, 403, 404, 410, 422])('does not pass by itself where it is %d', (status) => {
    expect(passingOf(answer(status), 0)).toBeNull()
  })
  it('says when to come back', () => {
    expect(passingOf(answer(429, { 'retry-after': '3' }), 0, 'slow  down\n')).toEqual({
      outcome: 'unavailable',
      message: '429: slow down',
      retryAfterMs: 3_000,
    })
  })
  it('is shown in 500 characters at most', () => {
    expect(wordsOf(400, 'x'.repeat(494))).toHaveLength(499)
    expect(wordsOf(400, 'x'.repeat(495))).toHaveLength(500)
    expect(wordsOf(400, 'x'.repeat(496))).toMatch(/^400: x+…$/)
    expect(wordsOf(400, 'x'.repeat(1000))).toHaveLength(500)
    expect(wordsOf(null, ' said ')).toBe('said')
  })
})

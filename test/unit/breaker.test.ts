import { describe, expect, it } from '@jest/globals'
import { afterAnswer, afterFailure, type ProviderState, resumed } from '../../src/rewards/breaker.ts'
import { unknownState } from '../../src/rewards/provider-state.ts'

const T0 = Date.parse('2026-11-22T10:00:00Z')
const fresh = unknownState({ accountId: 'account', providerId: 'provider' }, T0)
const errorAt = (at: number) => ({ code: 'PROVIDER_TIMEOUT', message: 'no answer', at })
const half = () => 0.5

function fail(state: ProviderState, at: number, isProbe = false, random = half): ProviderState {
  return { ...state, ...afterFailure(state, errorAt(at), isProbe, random) }
}

function failTimes(times: number): ProviderState {
  return Array.from({ length: times }).reduce<ProviderState>((state, _, at) => fail(state, T0 + at), fresh)
}

describe('a provider that fails', () => {
  it('is asked on after four failures in a row', () => {
    expect(failTimes(4)).toMatchObject({ state: 'ok', failures: 4, dueAt: null, since: T0 })
  })

  it('is paused by the fifth, and its first probe is due after 30 s', () => {
    const at = T0 + 4
    expect(failTimes(5)).toMatchObject({
      state: 'paused',
      since: at,
      lastError: errorAt(at),
      dueAt: at + 30_000,
    })
  })

  it('begins anew after any answer in between', () => {
    const answered = { ...failTimes(4), ...afterAnswer(failTimes(4), T0 + 10, false) }
    expect(answered).toMatchObject({ state: 'ok', failures: 0 })
    expect(fail(answered, T0 + 11)).toMatchObject({ state: 'ok', failures: 1 })
  })

  it('needs nothing written for an answer where none had failed', () => {
    expect(afterAnswer(fresh, T0, false)).toBeNull()
  })
})

describe('a paused provider', () => {
  const paused = failTimes(5)

  it('is not judged by what was under way when it was paused', () => {
    expect(afterFailure(paused, errorAt(T0 + 9), false, half)).toBeNull()
    expect(afterAnswer(paused, T0 + 9, false)).toBeNull()
  })

  it('is probed after 60, 120, 240, 300 and 300 s once a probe has failed', () => {
    let state = paused
    const pauses = Array.from({ length: 5 }, (_, at) => {
      const now = T0 + 1_000_000 * (at + 1)
      state = fail(state, now, true)
      return state.dueAt! - now
    })
    expect(pauses).toEqual([60_000, 120_000, 240_000, 300_000, 300_000])
    expect(state).toMatchObject({ state: 'paused', since: paused.since })
  })

  it.each([
    [0, 27_000],
    [0.999999, 33_000],
  ])('is probed a tenth earlier or later: %d', (drawn, pauseMs) => {
    const state = fail(failTimes(4), T0, false, () => drawn)
    expect(Math.round((state.dueAt! - T0) / 100) * 100).toBe(pauseMs)
  })

  it('is well again when a probe is answered, and what was parked is due at once', () => {
    expect(afterAnswer(paused, T0 + 99, true)).toEqual(resumed(T0 + 99))
    expect(resumed(T0 + 99)).toMatchObject({ state: 'ok', since: T0 + 99, failures: 0, dueAt: T0 + 99 })
  })
})

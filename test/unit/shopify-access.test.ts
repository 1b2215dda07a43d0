import { describe, expect, it } from '@jest/globals'
import { renewAtOf } from '../../connectors/shopify/hands/access.ts'

const NOW = Date.parse('2026-11-28T12:00:00Z')
const MINUTE = 60_000
const HOUR = 60 * MINUTE

describe('when a token of Shopify is renewed', () => {
  it('is a tenth of its life before its end, however late one looks', () => {
    const token = { expiresAt: NOW + 24 * HOUR, lifeMs: 24 * HOUR }
    const due = NOW + 21.6 * HOUR
    expect(renewAtOf(token, NOW)).toBe(due)
    expect(renewAtOf(token, NOW + 20 * HOUR)).toBe(due)
  })

  it('is a whole number of milliseconds', () => {
    expect(renewAtOf({ expiresAt: NOW + 86_399_001, lifeMs: 86_399_001 }, NOW)).toBe(NOW + 77_759_100)
  })

  it('is five minutes before the end of a short life, and never where there is no end', () => {
    expect(renewAtOf({ expiresAt: NOW + 10 * MINUTE, lifeMs: 10 * MINUTE }, NOW)).toBe(NOW + 5 * MINUTE)
    expect(renewAtOf({ expiresAt: null, lifeMs: null }, NOW)).toBeNull()
  })

  it('is after 30 days at the latest', () => {
    const life = 365 * 24 * HOUR
    expect(renewAtOf({ expiresAt: NOW + life, lifeMs: life }, NOW)).toBe(NOW + 30 * 24 * HOUR)
  })
})

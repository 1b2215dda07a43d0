import { readdirSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { keepHeaders } from '../../connectors/headers.ts'
import { ExactNumber } from '../../connectors/json.ts'
import { readProfile } from '../../connectors/profile.ts'
import { CONNECTORS, connectorFor } from '../../connectors/registry.ts'
import { instantFromIso, instantFromUnixSeconds } from '../../connectors/time.ts'

describe('times of a platform', () => {
  it('ISO times are read with their offset, to the millisecond', () => {
    expect(instantFromIso('2021-12-31T19:00:00-05:00')).toBe(Date.parse('2022-01-01T00:00:00Z'))
    expect(instantFromIso('2026-11-22T00:30:00+05:45')).toBe(Date.parse('2026-11-21T18:45:00Z'))
    expect(instantFromIso('2026-11-22T10:00:00.1299999Z')).toBe(Date.parse('2026-11-22T10:00:00.129Z'))
    expect(instantFromIso('1970-01-01T00:00:00Z')).toBe(0)
    expect(instantFromIso('2024-02-29T23:59:59Z')).toBe(Date.parse('2024-02-29T23:59:59Z'))
  })

  it('every instant from 1970 on is read back from its own text', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true }), (date) => {
        expect(instantFromIso(date.toISOString())).toBe(date.getTime())
      }),
    )
  })

  it('anything that is not one instant from 1970 on is refused', () => {
    for (const text of [
      '',
      '2026-11-22',
      '2026-11-22T10:00:00',
      '2026-11-22 10:00:00Z',
      '2026-02-30T10:00:00Z',
      '2025-02-29T10:00:00Z',
      '2026-13-01T10:00:00Z',
      '2026-00-10T10:00:00Z',
      '2026-11-22T24:00:00Z',
      '2026-11-22T10:60:00Z',
      '2026-11-22T10:00:60Z',
      '2026-11-22T10:00:00+24:00',
      '2026-11-22T10:00:00.Z',
      '1969-12-31T23:59:59Z',
      '1970-01-01T00:00:00+00:01',
      '0050-01-01T00:00:00Z',
    ]) {
      expect(instantFromIso(text)).toBeNull()
    }
  })

  it('Unix seconds are whole and not milliseconds', () => {
    expect(instantFromUnixSeconds('1795341600')).toBe(1_795_341_600_000)
    expect(instantFromUnixSeconds('0')).toBe(0)
    for (const digits of ['-1', '1.5', '1e9', '1795341600000', ''])
      expect(instantFromUnixSeconds(digits)).toBeNull()
  })
})

describe('profiles of a platform', () => {
  const none = { firstName: [], lastName: [], email: [], phoneNumber: [] }

  it('a field comes from the first place that states it validly', () => {
    const phoneNumber = [null, undefined, '', '555-SHIP', ' +4930123456 ', '+15551234567']
    expect(readProfile({ ...none, phoneNumber })).toEqual({
      profile: { phoneNumber: '+4930123456' },
      droppedFields: [],
    })
  })

  it('a field that is stated nowhere is absent, one that is stated badly is noted', () => {
    expect(
      readProfile({ ...none, email: [null, '  '], firstName: ['n'.repeat(257)], lastName: ['a\0b'] }),
    ).toEqual({
      profile: {},
      droppedFields: ['firstName', 'lastName'],
    })
    expect(readProfile({ ...none, email: [new ExactNumber('5')] }).droppedFields).toEqual(['email'])
  })

  it('telephone numbers are read as people type them, by the country of the order, and kept in E.164', () => {
    const phone = (text: string, country: string | null = null) =>
      readProfile({ ...none, phoneNumber: [text], country }).profile.phoneNumber
    expect(phone('030 123456', 'DE')).toBe('+4930123456')
    expect(phone('(212) 555-0123', 'us')).toBe('+12125550123')
    expect(phone('0049 30 123456', 'DE')).toBe('+4930123456')
    expect(phone('+49 (30) 12 34 56')).toBe('+4930123456')
    expect(phone('212-555-0123 ext. 7', 'US')).toBe('+12125550123')
    // what is E.164 stays, whatever the library makes of it
    expect(phone('+99912', 'DE')).toBe('+99912')
    for (const [text, country] of [
      ['030 123456', null],
      ['030 123456', 'XX'],
      ['555-SHIP', 'US'],
      ['12', 'DE'],
      ['0'.repeat(300), 'DE'],
    ] as const) {
      const read = readProfile({ ...none, phoneNumber: [text], country })
      expect(read).toEqual({ profile: {}, droppedFields: ['phoneNumber'] })
    }
  })

  it('limits are those of a member', () => {
    const email = `${'a'.repeat(308)}@example.com`
    const kept = { firstName: 'n'.repeat(256), lastName: 'Ó', email, phoneNumber: '+123456789012345' }
    const sources = (profile: typeof kept) => ({
      firstName: [profile.firstName],
      lastName: [profile.lastName],
      email: [profile.email],
      phoneNumber: [profile.phoneNumber],
    })
    expect(readProfile(sources(kept))).toEqual({ profile: kept, droppedFields: [] })
    const over = {
      firstName: 'n'.repeat(257),
      lastName: '\ud800',
      email: `a${email}`,
      phoneNumber: '+1234567890123456',
    }
    expect(readProfile(sources(over))).toEqual({
      profile: {},
      droppedFields: ['firstName', 'lastName', 'email', 'phoneNumber'],
    })
  })
})

describe('headers that are kept', () => {
  it('only the named ones are, and only sensible ones', () => {
    const headers = { a: ' 1 ', b: '2', long: 'x'.repeat(1025), nul: 'a\0b', blank: ' ' }
    expect(keepHeaders(headers, ['a', 'long', 'nul', 'blank', 'absent', 'toString'])).toEqual({ a: '1' })
  })

  it('a list that nobody joined is joined', () => {
    const headers = { a: ['1', '2'] } as unknown as Record<string, string>
    expect(keepHeaders(headers, ['a'])).toEqual({ a: '1, 2' })
  })
})

describe('the registry', () => {
  it('finds each connector under its own platform', () => {
    for (const [platform, connector] of CONNECTORS) {
      expect(connector.platform).toBe(platform)
      expect(connectorFor(platform)).toBe(connector)
    }
  })

  it('knows every folder of connectors, and nothing else', () => {
    const entries = readdirSync(new URL('../../connectors', import.meta.url), { withFileTypes: true })
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
    expect(folders.length).toBeGreaterThan(1)
    expect([...CONNECTORS.keys()].sort()).toEqual(folders.sort())
  })

  it('knows no other platform, nor inherited names', () => {
    for (const platform of ['', 'paypal', 'Shopify', 'constructor', '__proto__', 'toString']) {
      expect(connectorFor(platform)).toBeUndefined()
    }
  })
})

import { describe, expect, it } from '@jest/globals'
import { endOf, startOf } from '../../src/console/words/format.ts'

const told = (day: string, zone: string) =>
  [startOf(day, zone), endOf(day, zone)].map((at) => new Date(at).toISOString())

describe('a day that is typed into a form', () => {
  it.each([
    ['2026-11-24', 'UTC', '2026-11-24T00:00:00.000Z', '2026-11-24T23:59:59.999Z'],
    ['2026-11-24', 'Europe/Berlin', '2026-11-23T23:00:00.000Z', '2026-11-24T22:59:59.999Z'],
    ['2026-11-24', 'Pacific/Kiritimati', '2026-11-23T10:00:00.000Z', '2026-11-24T09:59:59.999Z'],
    ['2026-11-24', 'Pacific/Pago_Pago', '2026-11-24T11:00:00.000Z', '2026-11-25T10:59:59.999Z'],
    // days of 23 and 25 hours
    ['2026-03-29', 'Europe/Berlin', '2026-03-28T23:00:00.000Z', '2026-03-29T21:59:59.999Z'],
    ['2026-10-25', 'Europe/Berlin', '2026-10-24T22:00:00.000Z', '2026-10-25T22:59:59.999Z'],
    // without a midnight
    ['2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z', '2018-11-05T01:59:59.999Z'],
    // before a date that was left out
    ['2011-12-29', 'Pacific/Apia', '2011-12-29T10:00:00.000Z', '2011-12-30T09:59:59.999Z'],
  ])('%s begins and ends by the clocks of %s', (day, zone, start, end) => {
    expect(told(day, zone)).toEqual([start, end])
  })
})

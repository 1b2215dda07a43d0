import { describe, expect, it } from '@jest/globals'
import type { StreakProgress } from '../../src/client/schema.ts'
import {
  cellsOf,
  keyAfter,
  periodWords,
  weekdays,
  weeksOf,
  weekWords,
} from '../../src/console/words/periods.ts'

const record = (
  periodKey: string,
  streakProgressStatus: StreakProgress['streakProgressStatus'],
  times: Partial<StreakProgress> = {},
) =>
  ({ periodKey, streakProgressStatus, periodStartAt: '', periodEndAt: periodKey, ...times }) as StreakProgress

const told = (cells: ReturnType<typeof cellsOf>) => cells.map(({ key, mark }) => `${key} ${mark}`)

describe('the calendar of a shopper', () => {
  it('shows a period without a record as missed, and the present one as open', () => {
    const records = [
      record('2026-11-04', 'completed'),
      record('2026-11-01', 'completed'),
      record('2026-11-02', 'broken'),
    ]
    expect(told(cellsOf(records, '2026-11-06', 'daily'))).toEqual([
      '2026-11-01 done',
      '2026-11-02 missed',
      '2026-11-03 missed',
      '2026-11-04 done',
      '2026-11-05 missed',
      '2026-11-06 open',
    ])
  })

  it('takes weeks from the day on which they begin, and months by their names', () => {
    expect(told(cellsOf([record('2026-11-01', 'completed')], '2026-11-22', 'weekly'))).toEqual([
      '2026-11-01 done',
      '2026-11-08 missed',
      '2026-11-15 missed',
      '2026-11-22 open',
    ])
    expect(
      told(cellsOf([record('2025-12', 'completed'), record('2026-02', 'in_progress')], '2026-02', 'monthly')),
    ).toEqual(['2025-12 done', '2026-01 missed', '2026-02 open'])
  })

  it('knows no day that the zone skipped', () => {
    const before = record('2011-12-29', 'completed', { periodEndAt: '2011-12-30T10:00:00.000Z' })
    const after = record('2011-12-31', 'completed', { periodStartAt: '2011-12-30T10:00:00.000Z' })
    expect(told(cellsOf([before, after], '2011-12-31', 'daily'))).toEqual([
      '2011-12-29 done',
      '2011-12-31 done',
    ])
  })

  it('is empty before the first record, and ends with the present period when that has one', () => {
    expect(cellsOf([], '2026-11-06', 'daily')).toEqual([])
    expect(told(cellsOf([record('2026-11-06', 'in_progress')], '2026-11-06', 'daily'))).toEqual([
      '2026-11-06 open',
    ])
  })

  it('goes over the ends of months and years', () => {
    expect(keyAfter('2026-12-31', 'daily')).toBe('2027-01-01')
    expect(keyAfter('2026-12-27', 'weekly')).toBe('2027-01-03')
    expect(keyAfter('2026-12', 'monthly')).toBe('2027-01')
  })

  it('lays a month out from the first day of its weeks on', () => {
    expect(weekdays('sunday')[0]).toBe('Sun')
    expect(weekdays('monday')[0]).toBe('Mon')
    // 1 November 2026 is a Sunday
    expect(weeksOf('2026-11', 'sunday')[0]?.[0]).toBe('2026-11-01')
    expect(weeksOf('2026-11', 'monday')[0]).toEqual([null, null, null, null, null, null, '2026-11-01'])
    expect(weeksOf('2026-11', 'monday').at(-1)?.[0]).toBe('2026-11-30')
  })

  it('says periods as people do', () => {
    expect(periodWords('2026-11-22', 'daily')).toBe('22 Nov 2026')
    expect(periodWords('2026-11-22', 'weekly')).toBe('week of Sun 22 Nov 2026')
    expect(periodWords('2026-11', 'monthly')).toBe('November 2026')
    expect(weekWords('2026-11-29')).toBe('Sun 29 Nov to Sat 5 Dec')
  })
})

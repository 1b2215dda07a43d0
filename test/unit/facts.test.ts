import { describe, expect, it } from '@jest/globals'
import { KnownFacts, type Need } from '../../src/streaks/facts.ts'

const ABSENT: readonly (readonly [Need, unknown])[] = [
  [{ fact: 'progress', periodNumber: 3 }, null],
  [{ fact: 'run_ending', periodNumber: 3 }, null],
  [{ fact: 'run_starting', periodNumber: 3 }, null],
  [{ fact: 'run_containing', periodNumber: 3 }, null],
  [{ fact: 'rewards_at', periodNumber: 3 }, []],
  [{ fact: 'once_rewards' }, new Set()],
  [{ fact: 'anchors', milestoneId: 'm', from: 1, to: 3 }, new Set()],
  [{ fact: 'period_logs', periodNumber: 3, upTo: 5n }, []],
  [
    { fact: 'period_edges', periodNumber: 3 },
    { first: [], last: [] },
  ],
  [{ fact: 'rewards_between', from: 1, to: 3 }, []],
  [{ fact: 'rewards_once' }, []],
  [{ fact: 'longest_besides', runId: 'r' }, 0],
  [{ fact: 'value_elsewhere', periodNumber: 3, value: 5n }, false],
]

describe('known facts', () => {
  it.each(ABSENT)('%j is unknown until it was looked for, and then absent', (need, absent) => {
    const known = new KnownFacts()
    expect(known.get(need)).toBeUndefined()
    known.setAbsentIfUnknown(need)
    expect(known.get(need)).toEqual(absent)
  })

  it('stay as they are when they are looked for again', () => {
    const known = new KnownFacts()
    const run = { id: 'r', firstPeriod: 1, lastPeriod: 3, standing: {} }
    known.set({ fact: 'run_ending', periodNumber: 3 }, run)
    known.setAbsentIfUnknown({ fact: 'run_ending', periodNumber: 3 })
    expect(known.get({ fact: 'run_ending', periodNumber: 3 })).toBe(run)
  })

  it('are kept apart by kind and by each part of what was asked', () => {
    const known = new KnownFacts()
    known.set({ fact: 'longest_besides', runId: 'r' }, 7)
    known.set({ fact: 'value_elsewhere', periodNumber: 3, value: 5n }, true)
    known.set({ fact: 'anchors', milestoneId: 'm', from: 1, to: 3 }, new Set([2]))
    known.set({ fact: 'period_logs', periodNumber: 3, upTo: 5n }, [])
    known.set({ fact: 'rewards_between', from: 1, to: 3 }, [])
    const others: Need[] = [
      { fact: 'longest_besides', runId: 's' },
      { fact: 'value_elsewhere', periodNumber: 4, value: 5n },
      { fact: 'value_elsewhere', periodNumber: 3, value: 6n },
      { fact: 'anchors', milestoneId: 'n', from: 1, to: 3 },
      { fact: 'anchors', milestoneId: 'm', from: 0, to: 3 },
      { fact: 'anchors', milestoneId: 'm', from: 1, to: 4 },
      { fact: 'period_logs', periodNumber: 4, upTo: 5n },
      { fact: 'period_logs', periodNumber: 3, upTo: 6n },
      { fact: 'rewards_between', from: 0, to: 3 },
      { fact: 'rewards_between', from: 1, to: 4 },
      { fact: 'period_edges', periodNumber: 3 },
    ]
    for (const need of others) expect(known.get(need)).toBeUndefined()
    expect(known.get({ fact: 'longest_besides', runId: 'r' })).toBe(7)
    expect(known.get({ fact: 'value_elsewhere', periodNumber: 3, value: 5n })).toBe(true)
  })

  it('are listed by kind', () => {
    const known = new KnownFacts()
    known.set({ fact: 'longest_besides', runId: 'r' }, 7)
    known.set({ fact: 'longest_besides', runId: 's' }, 8)
    known.set({ fact: 'value_elsewhere', periodNumber: 3, value: 5n }, true)
    expect([...known.all('longest_besides')]).toEqual([7, 8])
    expect([...known.all('anchors')]).toEqual([])
  })

  it('are of the type that their need yields', () => {
    const known = new KnownFacts()
    const typed: (() => unknown)[] = [
      // @ts-expect-error it yields a number
      () => known.set({ fact: 'longest_besides', runId: 'r' }, '7'),
      // @ts-expect-error which run?
      () => known.get({ fact: 'longest_besides' }),
      // @ts-expect-error there is no such fact
      () => known.get({ fact: 'longest', runId: 'r' }),
      // @ts-expect-error it yields periods
      (): ReadonlySet<string> | undefined => known.get({ fact: 'anchors', milestoneId: 'm', from: 1, to: 3 }),
    ]
    expect(typed).toHaveLength(4)
  })
})

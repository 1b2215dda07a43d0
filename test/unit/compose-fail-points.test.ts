import { describe, expect, it } from '@jest/globals'
import { marksOf } from '../../src/compose-fail-points.ts'
import type { FailStep } from '../../src/ports/fail-points.ts'
import type { Store } from '../../src/ports/store.ts'

/** What was called, and which steps were reached, in that order. */
function recorded() {
  const seen: string[] = []
  const failPoints = { reach: async (step: FailStep) => void seen.push(step) }
  const store = {
    kind: 'sqlite',
    find: async () => seen.push('find'),
    findByKeys: async () => seen.push('findByKeys'),
    count: async () => seen.push('count'),
    commit: async () => {
      seen.push('commit')
      return { outcome: 'committed' }
    },
  } as unknown as Store
  return { seen, failPoints, store }
}

describe('fail points', () => {
  it('are reached just before and just after a commit, and not by reads', async () => {
    const { seen, failPoints, store } = recorded()
    const marked = marksOf(failPoints).store(store, 'engine_before_commit', 'engine_after_commit')
    await marked.find('streak', { limit: 1 })
    expect(await marked.commit([])).toEqual({ outcome: 'committed' })
    expect(seen).toEqual(['find', 'engine_before_commit', 'commit', 'engine_after_commit'])
  })

  it('hold a call up for as long as they take', async () => {
    const { seen, store } = recorded()
    const reach = () => new Promise<never>(() => {})
    const marked = marksOf({ reach }).store(store, 'engine_before_commit', 'engine_after_commit')
    void marked.commit([])
    await new Promise(setImmediate)
    expect(seen).toEqual([])
  })

  it('are not in the way where there are none', () => {
    const { store } = recorded()
    const work = async () => {}
    const marks = marksOf(undefined)
    expect(marks.store(store, 'engine_before_commit', 'engine_after_commit')).toBe(store)
    expect(marks.work('activity_taken', work)).toBe(work)
  })
})

import { describe, expect, it } from '@jest/globals'
import type { Reward } from '../fault/books/shop.ts'
import { judgeBooks } from '../fault/harness/platform-books.ts'

const rewardOf = (given: Partial<Reward>): Reward =>
  ({ id: 'r1', fulfilmentStatus: 'issued', couponCode: 'A', drawnCode: 'A', ...given }) as Reward
const coupon = (code: string, isAlive = true, rewardLogId: string | null = null) => ({
  ...{ code, isAlive, rewardLogId },
})

describe('the books of a platform against the rewards', () => {
  it('are in order with one coupon for each that was issued, and none that can be used of one taken back', () => {
    const taken = rewardOf({ id: 'r2', fulfilmentStatus: 'revoked', drawnCode: 'B' })
    const never = rewardOf({ id: 'r3', fulfilmentStatus: 'revoked', drawnCode: 'C' })
    const judged = judgeBooks([coupon('A'), coupon('B', false)], [rewardOf({}), taken, never])
    expect(judged).toEqual({ doubled: 0, wrong: [] })
  })

  it.each<[string, Partial<Reward>, ReturnType<typeof coupon>[], number]>([
    ['a coupon is missing', {}, [], 0],
    ['it cannot be used', {}, [coupon('A', false)], 0],
    ['it has another code', {}, [coupon('B', true, 'r1')], 0],
    ['there are two', {}, [coupon('A', true, 'r1'), coupon('B', true, 'r1')], 1],
    ['a second one is dead', {}, [coupon('A', true, 'r1'), coupon('B', false, 'r1')], 1],
    ['it was taken back and can be used', { fulfilmentStatus: 'revoked' }, [coupon('A')], 0],
    ['it failed and can be used', { fulfilmentStatus: 'failed' }, [coupon('A')], 0],
    ['it is for no reward', {}, [coupon('A'), coupon('Z')], 0],
  ])('are not where %s', (_what, given, books, doubled) => {
    const judged = judgeBooks(books, [rewardOf(given)])
    expect(judged.wrong).toHaveLength(1)
    expect(judged.doubled).toBe(doubled)
  })
})

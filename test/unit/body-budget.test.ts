import { describe, expect, it } from '@jest/globals'
import { BodyBudget } from '../../src/http/transport/body-budget.ts'

const refused = expect.objectContaining({ code: 'OVERLOADED', retryAfterMs: 1000 })

describe('the budget of bodies', () => {
  it('holds a quarter for one sender, to the byte', () => {
    const held = new BodyBudget(400, 10, 0).hold('one')
    held.grow(60)
    held.grow(40)
    expect(() => held.grow(1)).toThrow(refused)
  })

  it('holds the largest body in any case', () => {
    const held = new BodyBudget(400, 300, 0).hold('one')
    held.grow(300)
    expect(() => held.grow(1)).toThrow(refused)
  })

  it('counts all requests of a sender, and all senders, together', () => {
    const budget = new BodyBudget(400, 10, 0)
    budget.hold('a').grow(60)
    expect(() => budget.hold('a').grow(41)).toThrow(refused)
    for (const sender of ['b', 'c', 'd']) budget.hold(sender).grow(100)
    budget.hold('e').grow(40)
    expect(() => budget.hold('f').grow(1)).toThrow(refused)
  })

  it('lets small bodies of a sender in that has used up its share, as long as there is room for all', () => {
    const budget = new BodyBudget(400, 10, 30)
    budget.hold('a').grow(100)
    const small = budget.hold('a')
    small.grow(20)
    small.grow(10)
    expect(() => small.grow(1)).toThrow(refused)
    for (const sender of ['b', 'c']) budget.hold(sender).grow(100)
    budget.hold('d').grow(60)
    budget.hold('a').grow(10)
    expect(() => budget.hold('a').grow(1)).toThrow(refused)
  })

  it('gives back what a request held, once', () => {
    const budget = new BodyBudget(400, 10, 0)
    const [first, second] = [budget.hold('a'), budget.hold('a')]
    first.grow(50)
    second.grow(50)
    first.release()
    first.release()
    first.grow(1000)
    budget.hold('a').grow(50)
    expect(() => budget.hold('a').grow(1)).toThrow(refused)
    for (const sender of ['b', 'c', 'd']) budget.hold(sender).grow(100)
    expect(() => budget.hold('e').grow(1)).toThrow(refused)
  })
})

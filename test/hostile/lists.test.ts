import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { row } from '../contract/store/rows.ts'
import { IS_FULL_RUN } from '../helpers/full-run.ts'
import { holdsLoop } from './helpers/quiet-loop.ts'
import { openTarget, type Target } from './helpers/target.ts'

const MEMBERS = IS_FULL_RUN ? 100_000 : 40_000
const CHUNK = 1_000
const LISTS = 8
const SOON_MS = 2_000

let target: Target
beforeAll(async () => {
  target = await openTarget({
    async fill({ store }, accountId) {
      for (let from = 0; from < MEMBERS; from += CHUNK) {
        const rows = Array.from({ length: CHUNK }, (_, at) =>
          row('member', {
            accountId,
            externalId: `member ${from + at}`,
            email: `${from + at}@example.com`,
            firstName: `Ada Augusta ${from + at} `.repeat(8),
            lastName: `King of Lovelace ${from + at} `.repeat(8),
          }),
        )
        await store.commit(
          rows.map((member) => ({ op: 'insert', collection: 'member', row: member }) as const),
        )
      }
    },
  })
})
afterAll(() => target.close())

interface Answer {
  readonly status: number
  readonly body: { data?: unknown[]; error?: { code: string; message: string } }
}

async function list(parameters: Readonly<Record<string, unknown>>): Promise<Answer> {
  const pairs = Object.entries(parameters).map(([name, value]) => [name, JSON.stringify(value)])
  const search = new URLSearchParams(Object.fromEntries(pairs))
  const response = await fetch(`${target.origin}/schema/account_user/record?${search}`, {
    headers: target.credentials,
  })
  return { status: response.status, body: (await response.json()) as Answer['body'] }
}

/** How long each of these took while the lists were read. */
async function meanwhile(lists: readonly Promise<unknown>[]): Promise<number[]> {
  const took: number[] = []
  let isOver = false
  const over = Promise.all(lists).finally(() => {
    isOver = true
  })
  while (!isOver) {
    const startedMs = performance.now()
    const health = await fetch(`${target.origin}/healthz`)
    const webhook = await fetch(`${target.origin}/webhooks/shopify/01890000-0000-7000-8000-000000000000`, {
      method: 'POST',
      body: '{}',
    })
    expect([health.status, webhook.status]).toEqual([200, 404])
    await Promise.all([health.arrayBuffer(), webhook.arrayBuffer()])
    took.push(performance.now() - startedMs)
  }
  await over
  return took
}

const leaves = (operator: string, value: (at: number) => unknown) => ({
  or: Array.from({ length: 50 }, (_, at) => ({ fieldSlug: 'lastName', operator, value: value(at) })),
})
const CONTAINS = leaves('CONTAINS', (at) => `nobody has this ${at}`)
/** Each of its conditions is asked of each row, and none is ever true. */
const EXPENSIVE = leaves('LESS_THAN', (at) => `${String.fromCharCode(33 + (at % 10))}${'K'.repeat(at)}`)
const HEAVY = {
  or: Array.from({ length: 50 }, (_, at) => ({
    fieldSlug: 'lastName',
    operator: 'IN',
    value: Array.from({ length: 20 }, (_, index) => `K${at} ${index}`),
  })),
}

describe('lists that would read everything', () => {
  it('of CONTAINS alone are refused where there are more than 10,000 records, and say what would help', async () => {
    const answer = await list({ filters: CONTAINS })
    expect(answer.status).toBe(400)
    expect(answer.body.error).toMatchObject({ code: 'QUERY_TOO_EXPENSIVE' })
    expect(answer.body.error?.message).toContain('email')
    expect(answer.body.error?.message).toContain('createdAt')
  })

  it('of CONTAINS beside something selective are answered', async () => {
    const email = { fieldSlug: 'email', operator: 'EQUALS', value: '7@example.com' }
    const name = { fieldSlug: 'firstName', operator: 'CONTAINS', value: 'Augusta 7' }
    const answer = await list({ filters: { and: [email, name] } })
    expect(answer.body.data).toHaveLength(1)
  })

  it.each([
    ['CONTAINS', { filters: CONTAINS }],
    ['conditions that no index serves', { filters: HEAVY, fetchTotalCount: true }],
    ['an order that no index serves', { sortBy: [{ fieldSlug: 'lastName', order: 'DESC' }], offset: 15_000 }],
    ['cheap conditions', { filters: EXPENSIVE }],
  ])('of %s are never in the way of webhooks, and hold up nobody', async (_what, parameters) => {
    let soonestMs = Number.POSITIVE_INFINITY
    const { longestMs, allowedMs } = await holdsLoop(target, async () => {
      const lists = Array.from({ length: LISTS }, () => list(parameters))
      const took = await meanwhile(lists)
      const answers = await Promise.all(lists)
      for (const { status, body } of answers) {
        expect(['200', '400 QUERY_TOO_EXPENSIVE', '503 OVERLOADED']).toContain(
          status === 200 ? '200' : `${status} ${body.error?.code}`,
        )
      }
      soonestMs = Math.min(soonestMs, Math.max(...took))
      return soonestMs < SOON_MS
    })
    expect(soonestMs).toBeLessThan(SOON_MS)
    expect(longestMs).toBeLessThanOrEqual(allowedMs)
  })

  it('end when they have cost what they may', async () => {
    const always = { fieldSlug: 'createdAt', operator: 'GREATER_THAN', value: '1971-01-01T00:00:00Z' }
    const names = { or: leaves('CONTAINS', (at) => `a and nobody has this ${at}`).or.slice(1) }
    const answer = await list({ filters: { and: [always, names] } })
    expect(answer.status).toBe(400)
    expect(answer.body.error?.code).toBe('QUERY_TOO_EXPENSIVE')
    expect(answer.body.error?.message).toContain('250 ms')
    expect((await list({ limit: 5 })).body.data).toHaveLength(5)
  })
})

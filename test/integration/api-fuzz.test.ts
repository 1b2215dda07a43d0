import { randomInt } from 'node:crypto'
import { afterAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { ERRORS, type ErrorCode } from '../../src/errors.ts'
import { createResources } from '../../src/http/resources.ts'
import type { Store } from '../../src/ports/store.ts'
import { openMongoStore } from '../../src/store/mongo/store.ts'
import { type Api, startApi } from '../helpers/api.ts'
import { IS_FULL_RUN } from '../helpers/full-run.ts'
import { dumpOf } from '../helpers/fuzz/dump.ts'
import { type FuzzRequest, fuzzRequests } from '../helpers/fuzz/requests.ts'
import { openWorld } from '../helpers/fuzz/world.ts'
import { mongoForTests } from '../helpers/mongo-server.ts'
import { type RawAnswer, sendRaw } from '../helpers/raw-http.ts'
import { openTempStore } from '../helpers/sqlite-store.ts'

/** Another one each time; it stands in the names of the tests, and FUZZ_SEED repeats it, but for ids and keys. */
const SEED = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 30))
/** FUZZ_CASES asks for another number. */
const CASES = Number(process.env.FUZZ_CASES ?? (IS_FULL_RUN ? 2_000 : 1_000))
/** A store of its own for so many: what is accepted makes looking for changes slower. */
const ROUND = 400
const MAX_SHOWN_BYTES = 20_000
const WITHIN_MS = 300_000

const server = await mongoForTests()
afterAll(() => server?.stop())

describeFuzz('SQLite', CASES, openTempStore)
if (server === null) {
  it('MongoDB part SKIPPED: no server could be had', () => {
    expect(process.env.REQUIRE_MONGO).not.toBe('1')
  })
} else {
  // a store over the network answers each of them more slowly, and what differs there is little
  describeFuzz('MongoDB', CASES / 5, async () => {
    const store = await openMongoStore(server.anotherUri())
    await store.migrate()
    return { store, close: () => store.close() }
  })
}

function bytesOf({ method, target, headers, body, raw }: FuzzRequest): Buffer {
  if (raw !== null) return Buffer.from(raw, 'latin1')
  const length = body === null ? [] : [`content-length: ${body.length}`]
  const lines = [`${method} ${target} HTTP/1.1`, 'host: fuzz', 'connection: close', ...length, ...headers]
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body ?? Buffer.alloc(0)])
}

/** Requests that no server could take for whole, so that the connection may just end. */
function mayEndUnanswered({ raw, headers }: FuzzRequest): boolean {
  return (
    raw !== null ||
    headers.some((line) => /^(?:content-length|transfer-encoding|upgrade|expect|te):/.test(line))
  )
}

type Setup = () => Promise<{ store: Store; close(): Promise<void> }>

/** What the rounds have met: codes and statuses, and methods by resource. */
interface Tally {
  readonly answers: Set<string>
  readonly reached: Set<string>
  readonly slugs: Set<string>
}

function describeFuzz(name: string, cases: number, setup: Setup) {
  describe(`bad input, with its records on ${name}`, () => {
    const tally: Tally = { answers: new Set(), reached: new Set(), slugs: new Set() }
    const rounds = Array.from({ length: Math.ceil(cases / ROUND) }, (_, at) => SEED + at)

    it.each(rounds)(
      'never meets a failure, a changed record or an unshapely answer (FUZZ_SEED=%i)',
      async (seed) => {
        const parts = await setup()
        const api = await startApi({ store: parts.store })
        try {
          await playRound(api, seed, Math.min(cases, ROUND), tally)
        } finally {
          await api.close()
          await parts.close()
        }
      },
      WITHIN_MS,
    )

    it('has got as far as every kind of refusal, and into every resource', () => {
      const codes = ['INVALID_INPUT', 'UNKNOWN_FIELD', 'INVALID_JSON', 'NOT_FOUND', 'METHOD_NOT_ALLOWED']
      expect([...tally.answers]).toEqual(expect.arrayContaining(['200', ...codes]))
      const methods = ['GET', 'POST', 'PATCH']
      const wanted = [...tally.slugs].flatMap((slug) => methods.map((method) => `${slug} ${method}`))
      const missing = wanted.filter((each) => !tally.reached.has(each))
      // a few hundred requests need not get everywhere
      expect(missing.length).toBeLessThanOrEqual(cases < 2000 ? wanted.length / 2 : 0)
    })
  })
}

async function playRound(api: Api, seed: number, numRuns: number, tally: Tally): Promise<void> {
  const world = await openWorld(api, createResources(api.deps))
  for (const { slug } of world.resources) tally.slugs.add(slug)
  let before = await dumpOf(api.store)
  const property = fc.asyncProperty(fuzzRequests(world), async (request) => {
    const isHead = request.method === 'HEAD'
    const hangUp = mayEndUnanswered(request)
    const answer = await sendRaw(api.origin, bytesOf(request), { hangUp, isHead })
    const { status } = answer
    const after = await dumpOf(api.store)
    const isChanged = after !== before && !isAcceptedWrite(request, answer)
    before = after
    const isAnswered = status !== null || hangUp
    expect({ status, isAnswered, isChanged }).toEqual({ status, isAnswered: true, isChanged: false })
    tally.answers.add(String(expectShapely(answer, isHead) ?? status))
    const slug = /^(?:\/api\/v1\.0)?\/schema\/(\w+)\/record/.exec(request.target)?.[1]
    if (slug !== undefined) tally.reached.add(`${slug} ${request.method}`)
  })
  await fc.assert(property, { numRuns, seed, endOnFailure: true })
  expect(api.lines.filter(({ level }) => level === 'error')).toEqual([])
}

function isAcceptedWrite({ method, raw }: FuzzRequest, { status }: RawAnswer): boolean {
  const writes = ['POST', 'PATCH', 'DELETE'].includes(method) || raw !== null
  return writes && status !== null && status < 300
}

/** Holds an answer to what every answer must be; gives the code of an error. */
function expectShapely({ status, headers, body }: RawAnswer, isHead: boolean): ErrorCode | null {
  if (status === null) return null
  expect(status).toBeLessThan(500)
  expect(headers.get('x-request-id')).toMatch(/^[A-Za-z0-9._:-]{1,64}$/)
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.has('server') || headers.has('x-powered-by') || headers.has('set-cookie')).toBe(false)
  if (status < 400 || isHead) return null
  expect(headers.get('content-type')).toBe('application/json; charset=utf-8')
  expect(body.length).toBeLessThan(MAX_SHOWN_BYTES)
  const { error, ...rest } = JSON.parse(body)
  expect(rest).toEqual({})
  expect(error).toEqual({
    code: expect.any(String),
    message: expect.stringMatching(/\S+ \S+/),
    details: expect.any(Array),
    requestId: headers.get('x-request-id'),
  })
  expect(ERRORS[error.code as ErrorCode]?.status).toBe(status)
  for (const detail of error.details) {
    expect(detail).toMatchObject({ path: expect.any(String), message: expect.stringMatching(/\S/) })
  }
  expect(JSON.stringify([error.message, error.details])).not.toMatch(
    /\[object |node_modules|\.ts:\d|SQLITE|Mongo|BSON|Cannot read|is not a function/,
  )
  return error.code
}

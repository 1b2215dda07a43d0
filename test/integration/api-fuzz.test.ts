import { randomInt } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { ERRORS, type ErrorCode } from '../../src/errors.ts'
import { createResources } from '../../src/http/resources.ts'
import type { Store } from '../../src/ports/store.ts'
import { openMongoStore } from '../../src/store/mongo/store.ts'
import { type Api, startApi } from '../helpers/api.ts'
import { dumpOf } from '../helpers/fuzz/dump.ts'
import { type FuzzRequest, fuzzRequests } from '../helpers/fuzz/requests.ts'
import { openWorld, type World } from '../helpers/fuzz/world.ts'
import { mongoForTests } from '../helpers/mongo-server.ts'
import { type RawAnswer, sendRaw } from '../helpers/raw-http.ts'
import { openTempStore } from '../helpers/sqlite-store.ts'

/** Another one each time; FUZZ_SEED repeats a run. It stands in the names of the tests. */
const SEED = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 31))
/** FUZZ_CASES asks for more than a run of all tests has time for. */
const CASES = Number(process.env.FUZZ_CASES ?? 2000)
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

function describeFuzz(
  name: string,
  cases: number,
  setup: () => Promise<{ store: Store; close(): Promise<void> }>,
) {
  describe(`bad input, with its records on ${name}`, () => {
    let parts: Awaited<ReturnType<typeof setup>>
    let api: Api
    let world: World
    beforeAll(async () => {
      parts = await setup()
      api = await startApi({ store: parts.store })
      world = await openWorld(api, createResources(api.deps))
    })
    afterAll(async () => {
      await api.close()
      await parts.close()
    })

    it(
      `never meets a failure, a changed record or an unshapely answer: ${cases} requests, FUZZ_SEED=${SEED}`,
      async () => {
        const met = new Map<string, number>()
        const reached = new Set<string>()
        let before = await dumpOf(api.store)
        const property = fc.asyncProperty(fuzzRequests(world), async (request) => {
          const isHead = request.method === 'HEAD'
          const hangUp = mayEndUnanswered(request)
          const answer = await sendRaw(api.origin, bytesOf(request), { hangUp, isHead })
          const after = await dumpOf(api.store)
          const isChanged = after !== before
          before = after
          expect(answer.status === null && !hangUp).toBe(false)
          const code = expectShapely(answer, isHead)
          // only what was accepted may change something
          expect({
            status: answer.status,
            isChanged: isChanged && !isAcceptedWrite(request, answer),
          }).toEqual({
            status: answer.status,
            isChanged: false,
          })
          met.set(String(code ?? answer.status), (met.get(String(code ?? answer.status)) ?? 0) + 1)
          const slug = /^(?:\/api\/v1\.0)?\/schema\/(\w+)\/record/.exec(request.target)?.[1]
          if (slug !== undefined) reached.add(`${slug} ${request.method}`)
        })
        await fc.assert(property, { numRuns: cases, seed: SEED, endOnFailure: true })
        expect(api.lines.filter(({ level }) => level === 'error')).toEqual([])
        expect([...met.keys()]).toEqual(
          expect.arrayContaining([
            '200',
            'INVALID_INPUT',
            'UNKNOWN_FIELD',
            'INVALID_JSON',
            'NOT_FOUND',
            'METHOD_NOT_ALLOWED',
          ]),
        )
        // fewer requests need not reach everything
        for (const { slug } of cases < 2000 ? [] : world.resources) {
          for (const method of ['GET', 'POST', 'PATCH']) expect([...reached]).toContain(`${slug} ${method}`)
        }
      },
      WITHIN_MS,
    )
  })
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

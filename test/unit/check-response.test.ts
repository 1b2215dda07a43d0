import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { EXAMPLES } from '../../src/http/openapi/examples/played.ts'
import { createResponseCheck, type Exchange } from '../helpers/check-response.ts'

const document = JSON.parse(readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8'))
const check = createResponseCheck(document)
const createStreak = exampleOf('streak')
const createLog = exampleOf('streak_log')
const { data: streak } = createStreak.answer as { readonly data: Record<string, unknown> }

function exampleOf(slug: string) {
  const path = `/schema/${slug}/record`
  return { path, ...EXAMPLES.calls.find((call) => call.slug === slug && call.verb === 'create')! }
}

function exchange(change: Partial<Exchange> & { readonly answer?: unknown } = {}): Exchange {
  const { answer = { data: streak }, ...rest } = change
  return {
    method: 'GET',
    path: `/schema/streak/record/${streak.id}`,
    status: 200,
    contentType: 'application/json; charset=utf-8',
    text: JSON.stringify(answer),
    ...rest,
  }
}

function failure(code: string) {
  return { error: { code, message: 'm', details: [], requestId: 'r' } }
}

describe('the check of answers against the API document', () => {
  it('takes what fits, below either prefix', () => {
    check(exchange())
    check(exchange({ path: `/api/v1.0/schema/streak/record/${streak.id}` }))
    check(exchange({ status: 404, answer: failure('NOT_FOUND') }))
    check(exchange({ path: '/nowhere', status: 404, answer: failure('NOT_FOUND') }))
    check(exchange({ method: 'PUT', status: 405, answer: failure('METHOD_NOT_ALLOWED') }))
    const { path, body, answer } = createLog
    check(exchange({ method: 'POST', path, body: JSON.stringify(body), status: 201, answer }))
  })

  const { name: _, ...nameless } = streak
  it.each([
    ['a field that is missing', { answer: { data: nameless } }, /name/],
    ['a field that nothing names', { answer: { data: { ...streak, secret: 1 } } }, /secret/],
    ['a value of another type', { answer: { data: { ...streak, aggregationTargetValue: '1' } } }, /number/],
    ['a value that is not among those listed', { answer: { data: { ...streak, status: 'on' } } }, /allowed/],
    ['null where there is none', { answer: { data: { ...streak, name: null } } }, /string/],
    ['a time that is none', { answer: { data: { ...streak, createdAt: 'now' } } }, /date-time/],
    ['a status that the operation does not have', { status: 409, answer: failure('CONFLICT') }, /status/],
    ['a code that the operation does not have', { status: 404, answer: failure('CONFLICT') }, /codes/],
    ['an error of another shape', { status: 404, answer: { error: 'no' } }, /object/],
    ['success where nothing is described', { path: '/nowhere' }, /operation/],
    ['another content type', { contentType: 'application/json' }, /application\/json/],
  ] as const)('refuses %s', (_what, change, message) => {
    expect(() => check(exchange(change))).toThrow(message)
  })

  it('refuses a body that is accepted though it should not be', () => {
    const { path, answer } = createStreak
    const body = JSON.stringify({ name: 'x', aggregationTargetValue: 1, colour: 'red' })
    expect(() => check(exchange({ method: 'POST', path, body, status: 201, answer }))).toThrow(/colour/)
  })

  it('refuses a parameter that is accepted though it should not be', () => {
    const answer = { data: [], paging: { offset: 0, limit: 20, hasMore: false } }
    const list = (query: string) => exchange({ path: `/schema/streak/record?${query}`, answer })
    check(list(`filters=${encodeURIComponent('{"fieldSlug":"status","operator":"EQUALS","value":"live"}')}`))
    expect(() => check(list(`filters=${encodeURIComponent('{"fieldSlug":"colour"}')}`))).toThrow(/filters/)
  })
})

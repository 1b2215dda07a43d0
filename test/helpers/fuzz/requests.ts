import fc from 'fast-check'
import { shopifyOrder, shopifyRequest, stripeChargeEvent, stripeRequest } from '../signed.ts'
import { hostileBody, twistedJson } from './bodies.ts'
import { hostileHeader, hostileName, hostileSegment, hostileValue } from './hostile.ts'
import type { World } from './world.ts'

/** One request as bytes. */
export interface FuzzRequest {
  readonly method: string
  readonly target: string
  /** Lines of the head after the first, but for length and connection. */
  readonly headers: readonly string[]
  readonly body: Uint8Array | null
  /** Sent as it is instead of all this. */
  readonly raw: string | null
}

const METHODS = [
  'GET',
  'POST',
  'PATCH',
  'DELETE',
  'PUT',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'get',
  'FOO',
]
const NOWHERE = '01890000-0000-7000-8000-000000000000'
const JSON_HEADER = 'content-type: application/json'

/** Every route with something wrong in its body, its query, its address or its head; and what is no request at all. */
export function fuzzRequests(world: World): fc.Arbitrary<FuzzRequest> {
  return fc.oneof(
    { weight: 9, arbitrary: bodyRequests(world) },
    { weight: 6, arbitrary: queryRequests(world) },
    { weight: 3, arbitrary: headerRequests(world) },
    { weight: 2, arbitrary: pathRequests(world) },
    { weight: 1, arbitrary: signedWebhooks(world) },
    { weight: 1, arbitrary: rawRequests(world) },
  )
}

function linesOf(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
}

function credentials({ admin }: World): string[] {
  return linesOf(admin.headers)
}

function slugs({ resources }: World): fc.Arbitrary<string> {
  return fc.constantFrom(...resources.map(({ slug }) => slug))
}

const prefix = fc.constantFrom('', '', '', '/api/v1.0')

function bodyRequests(world: World): fc.Arbitrary<FuzzRequest> {
  const tooLarge = Buffer.alloc(1024 * 1024 + 1, 'x')
  return fc
    .tuple(prefix, slugs(world), fc.constantFrom('POST', 'POST', 'PATCH', 'PATCH', 'PUT', 'DELETE'))
    .chain(([before, slug, method]) => {
      const good = world.bodies.get(slug) ?? { name: 'x' }
      // a record that goes away would leave the rest with nothing to aim at
      const id = method === 'DELETE' ? NOWHERE : (world.ids.get(slug) ?? NOWHERE)
      const target = `${before}/schema/${slug}/record${method === 'POST' ? '' : `/${id}`}`
      const body = fc.oneof(
        { weight: 100, arbitrary: hostileBody(good) },
        { weight: 1, arbitrary: fc.constant(tooLarge) },
      )
      const type = fc.oneof(
        { weight: 9, arbitrary: fc.constant(JSON_HEADER) },
        { weight: 1, arbitrary: hostileHeader },
      )
      return fc.tuple(body, type).map(
        ([bytes, line]): FuzzRequest => ({
          method,
          target,
          headers: [...credentials(world), line],
          body: bytes,
          raw: null,
        }),
      )
    })
}

const PARAMETERS = ['fields', 'filters', 'sortBy', 'offset', 'limit', 'fetchTotalCount'] as const

function goodParameter(name: (typeof PARAMETERS)[number], fields: readonly string[]): unknown {
  const [first = 'id', second = 'createdAt'] = fields
  const leaf = { fieldSlug: 'createdAt', operator: 'GREATER_THAN', value: '2026-01-01T00:00:00Z' }
  if (name === 'fields') return [first, second]
  if (name === 'sortBy') return [{ fieldSlug: second, order: 'DESC' }, { fieldSlug: first }]
  if (name === 'fetchTotalCount') return true
  if (name !== 'filters') return 7
  return { and: [leaf, { or: [{ fieldSlug: second, operator: 'IN', value: ['a'] }, { and: [leaf] }] }] }
}

function queryRequests(world: World): fc.Arbitrary<FuzzRequest> {
  return fc
    .tuple(prefix, fc.constantFrom(...world.resources), fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'POST'))
    .chain(([before, { slug, fields = {} }, method]) => {
      const twistedOne = fc.constantFrom(...PARAMETERS).chain((name) =>
        fc
          .oneof(
            fc
              .shuffledSubarray(Object.keys(fields))
              .chain((known) => twistedJson(goodParameter(name, known))),
            hostileValue,
          )
          .map((value) => `${name}=${encodeURIComponent(value.toWellFormed())}`),
      )
      const strange = fc
        .tuple(fc.oneof(hostileName, hostileSegment), fc.oneof(hostileSegment, fc.constant('1')))
        .map(([name, value]) => `${name.replaceAll(/[^!-~]/gu, '%20')}=${value}`)
      const oneOf = fc.oneof({ weight: 5, arbitrary: twistedOne }, { weight: 1, arbitrary: strange })
      const record = world.ids.get(slug) ?? NOWHERE
      const callers = fc.constantFrom(
        ...[world.admin.headers, world.admin.headers, world.endUser].map(linesOf),
      )
      return fc
        .tuple(
          fc.array(oneOf, { minLength: 1, maxLength: 3 }),
          fc.constantFrom('', '', '', `/${record}`),
          callers,
        )
        .map(
          ([pairs, rest, headers]): FuzzRequest => ({
            method,
            target: `${before}/schema/${slug}/record${rest}?${pairs.join('&')}`,
            headers,
            body: null,
            raw: null,
          }),
        )
    })
}

function headerRequests(world: World): fc.Arbitrary<FuzzRequest> {
  const targets = world.resources.map(({ slug }) => `/schema/${slug}/record`)
  return fc
    .tuple(
      fc.constantFrom(...targets, ...world.otherPaths),
      fc.constantFrom(...METHODS),
      fc.array(hostileHeader, { minLength: 1, maxLength: 3 }),
      fc.boolean(),
      fc.option(fc.constantFrom(Buffer.from('{}'), Buffer.from('x'))),
    )
    .map(
      ([target, method, lines, isKnown, body]): FuzzRequest => ({
        method,
        target,
        headers: isKnown ? [...credentials(world), ...lines] : lines,
        body,
        raw: null,
      }),
    )
}

function pathRequests(world: World): fc.Arbitrary<FuzzRequest> {
  const segment = fc.oneof(
    { weight: 2, arbitrary: hostileSegment },
    {
      weight: 1,
      arbitrary: fc.constantFrom('schema', 'record', 'api', 'v1.0', 'webhooks', 'shopify', 'ops', 'docs'),
    },
    { weight: 1, arbitrary: slugs(world) },
    { weight: 1, arbitrary: fc.constantFrom(NOWHERE, ...world.ids.values()) },
  )
  const free = fc.array(segment, { maxLength: 6 }).map((parts) => `/${parts.join('/')}`)
  const nearly = fc
    .tuple(fc.oneof(slugs(world), hostileSegment), hostileSegment)
    .map(([slug, id]) => `/schema/${slug}/record/${id}`)
  const hooks = fc
    .tuple(fc.constantFrom('shopify', 'stripe', '__proto__'), hostileSegment)
    .map(([platform, id]) => `/webhooks/${platform}/${id}`)
  return fc
    .tuple(fc.oneof(free, nearly, hooks), fc.constantFrom('GET', 'POST', 'PATCH', 'HEAD', 'OPTIONS'))
    .map(
      ([target, method]): FuzzRequest => ({
        method,
        target,
        headers: [...credentials(world), JSON_HEADER],
        body: method === 'POST' || method === 'PATCH' ? Buffer.from('{}') : null,
        raw: null,
      }),
    )
}

/** Well signed, whatever the body is. */
function signedWebhooks({ hooks: { shopify, stripe, secret }, nowMs }: World): fc.Arbitrary<FuzzRequest> {
  const order = hostileBody(JSON.parse(String(shopifyOrder({ id: 7 }))))
  const charge = hostileBody(JSON.parse(String(stripeChargeEvent({}))))
  const request = (
    target: string,
    headers: Readonly<Record<string, string>>,
    body: Uint8Array,
  ): FuzzRequest => ({
    method: 'POST',
    target,
    headers: linesOf(headers),
    body,
    raw: null,
  })
  return fc.oneof(
    order.map((body) => request(shopify, shopifyRequest({ body, secret }).headers, body)),
    charge.map((bytes) => {
      // signed over its text: bytes that are no UTF-8 would be other ones
      const body = Buffer.from(bytes).toString('utf8')
      return request(stripe, stripeRequest({ body, secret, signedAtMs: nowMs }).headers, Buffer.from(body))
    }),
  )
}

function rawRequests(world: World): fc.Arbitrary<FuzzRequest> {
  const post = (body: string, ...lines: string[]) =>
    withHead('POST /schema/streak/record HTTP/1.1', body, lines)
  const withHead = (first: string, body: string, lines: string[]) =>
    `${[first, 'Host: x', ...credentials(world), JSON_HEADER, ...lines].join('\r\n')}\r\n\r\n${body}`
  const broken = [
    'GET',
    'GET /\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
    'GET http:// HTTP/1.1\r\nHost: x\r\n\r\n',
    'GET * HTTP/1.1\r\nHost: x\r\n\r\n',
    'GET /healthz HTTP/1.0\r\n\r\n',
    '\r\n\r\n\r\n',
    '\0\0\0\0',
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    post('{"name":', 'Content-Length: 100'),
    post('zz\r\n{}\r\n0\r\n\r\n', 'Transfer-Encoding: chunked'),
    post('5\r\n{"a":', 'Transfer-Encoding: chunked'),
    post('ffffffffffffffffff\r\n{}', 'Transfer-Encoding: chunked'),
    post('{}x', 'Content-Length: 2', 'Content-Length: 3'),
    post('{}GET /nowhere HTTP/1.1\r\n\r\n', 'Content-Length: 2'),
    withHead('POST /schema/str\x00eak/record HTTP/1.1', '{}', ['Content-Length: 2']),
    withHead('PATCH http://evil.example/schema/streak/record/x?a=b#c HTTP/1.1', '{}', ['Content-Length: 2']),
  ]
  const bytes = fc
    .string({ unit: 'binary', maxLength: 80 })
    .map((text) => text.replaceAll(/[^\0-\xff]/gu, '?'))
  return fc
    .oneof(fc.constantFrom(...broken), bytes)
    .map((raw): FuzzRequest => ({ method: 'RAW', target: '', headers: [], body: null, raw }))
}

import fc from 'fast-check'
import { hostileBody } from '../fuzz/bodies.ts'
import { hostileValue } from '../fuzz/hostile.ts'

/** A body and what was done to it. */
export interface Damaged {
  readonly how: string
  readonly bytes: Uint8Array
}

const NUMBERS = ['1e400', '-1e400', '9'.repeat(5000), '1e-400', '-0', '0.1e+99999999', '18446744073709551616']

/** Bodies that were good once: left so, damaged in one of many ways, or of another kind altogether. */
export function damagedBodies(good: string, others: readonly string[]): fc.Arbitrary<Damaged> {
  const keys = [...new Set([...good.matchAll(/"(\w+)":/g)].map((match) => match[1] ?? ''))]
  const key = fc.constantFrom(...keys)
  const at = fc.nat(good.length)
  const text = (how: string, arbitrary: fc.Arbitrary<string>) =>
    arbitrary.map((body): Damaged => ({ how, bytes: Buffer.from(body) }))
  const bytes = (how: string, arbitrary: fc.Arbitrary<Uint8Array>) =>
    arbitrary.map((body): Damaged => ({ how, bytes: body }))
  const flips = fc.array(fc.tuple(at, fc.nat(7)), { minLength: 1, maxLength: 8 })
  return fc.oneof(
    { weight: 4, arbitrary: text('good', fc.constant(good)) },
    { weight: 2, arbitrary: text('of another topic', fc.constantFrom(...others)) },
    // values of the wrong type, fields left out, given twice or too many, other encodings, bytes
    { weight: 8, arbitrary: bytes('hostile values', hostileBody(JSON.parse(good))) },
    {
      weight: 4,
      arbitrary: bytes(
        'flipped bits',
        flips.map((list) => flipped(good, list)),
      ),
    },
    {
      weight: 2,
      arbitrary: text(
        'cut off',
        at.map((end) => good.slice(0, end)),
      ),
    },
    {
      weight: 2,
      arbitrary: text('a key given twice, the last wins', again(good, key, hostileValue, 'last')),
    },
    {
      weight: 2,
      arbitrary: text('a key given twice, the first is lost', again(good, key, hostileValue, 'first')),
    },
    { weight: 2, arbitrary: text('a huge number', huge(good)) },
    {
      weight: 1,
      arbitrary: text(
        'nested',
        fc.nat(3000).map((depth) => nested(good, depth)),
      ),
    },
    {
      weight: 1,
      arbitrary: bytes(
        'not UTF-8',
        at.map((place) => broken(good, place)),
      ),
    },
    { weight: 1, arbitrary: text('a byte order mark', fc.constant(`\ufeff${good}`)) },
    {
      weight: 1,
      arbitrary: text('next to nothing', fc.constantFrom('', ' ', '\n', '\0', '{}', '[]', 'null', '""')),
    },
  )
}

function flipped(good: string, places: readonly (readonly [number, number])[]): Buffer {
  const copy = Buffer.from(good)
  for (const [at, bit] of places) copy[at % copy.length]! ^= 1 << bit
  return copy
}

function again(
  good: string,
  key: fc.Arbitrary<string>,
  value: fc.Arbitrary<string>,
  place: 'first' | 'last',
): fc.Arbitrary<string> {
  return fc
    .tuple(key, value)
    .map(([name, json]) =>
      place === 'first' ? `{"${name}":${json},${good.slice(1)}` : `${good.slice(0, -1)},"${name}":${json}}`,
    )
}

/** One of the numbers of the body, written so that a float cannot hold it. */
function huge(good: string): fc.Arbitrary<string> {
  const places = [...good.matchAll(/(?<=:)-?\d+(?=[,}])/g)].map(
    (match) => [match.index, match[0].length] as const,
  )
  return fc
    .tuple(fc.constantFrom(...places), fc.constantFrom(...NUMBERS))
    .map(([[start, length], number]) => good.slice(0, start) + number + good.slice(start + length))
}

function nested(good: string, depth: number): string {
  return depth % 2 === 0
    ? `${'['.repeat(depth)}${good}${']'.repeat(depth)}`
    : `${good.slice(0, -1)},"deep":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`
}

function broken(good: string, at: number): Buffer {
  const whole = Buffer.from(good)
  return Buffer.concat([whole.subarray(0, at), Buffer.from([0xc3, 0x28, 0xff]), whole.subarray(at)])
}

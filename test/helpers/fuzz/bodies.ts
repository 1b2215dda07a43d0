import fc from 'fast-check'
import { hostileName, hostileValue } from './hostile.ts'

type Path = readonly (string | number)[]

/** What is done to a good value, by the path of the place: another text, or nothing at all. */
interface Twists {
  readonly at: ReadonlyMap<string, string | null>
  /** Objects that get one more field. */
  readonly added: ReadonlyMap<string, string>
}

function keyOf(path: Path): string {
  return path.join('\0')
}

/** JSON with twists in it. */
function twisted(value: unknown, twists: Twists, path: Path = []): string | null {
  const own = twists.at.get(keyOf(path))
  if (own !== undefined) return own
  if (Array.isArray(value)) {
    return `[${value.flatMap((item, at) => twisted(item, twists, [...path, at]) ?? []).join()}]`
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const fields = Object.entries(value).flatMap(([name, item]) => {
    const text = twisted(item, twists, [...path, name])
    return text === null ? [] : [`${JSON.stringify(name)}:${text}`]
  })
  return `{${[...fields, ...(twists.added.get(keyOf(path)) ?? '').split('\0').filter(Boolean)].join()}}`
}

function pathsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  const inside = Object.entries(value).flatMap(([name, item]) =>
    pathsIn(item, [...path, Array.isArray(value) ? Number(name) : name]),
  )
  return [path, ...inside]
}

function objectsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return []
  const inside = Object.entries(value).flatMap(([name, item]) =>
    objectsIn(item, [...path, Array.isArray(value) ? Number(name) : name]),
  )
  return Array.isArray(value) ? inside : [path, ...inside]
}

/** A good value with one to three places made bad: replaced, left out, given twice, or given a field too many. */
export function twistedJson(good: unknown): fc.Arbitrary<string> {
  const replaced = fc.tuple(fc.constantFrom(...pathsIn(good)), fc.option(hostileValue, { freq: 6 }))
  const field = fc.tuple(hostileName, hostileValue).map(([name, value]) => `"${name}":${value}`)
  const objects = objectsIn(good)
  const added =
    objects.length === 0
      ? fc.constant([])
      : fc.array(fc.tuple(fc.constantFrom(...objects), field), { maxLength: 2 })
  return fc
    .tuple(fc.array(replaced, { maxLength: 2 }), added)
    .filter(([at, more]) => at.length + more.length > 0)
    .map(([at, more]) => {
      const twists = {
        at: new Map(at.map(([path, text]) => [keyOf(path), text])),
        added: new Map(more.map(([path, text]) => [keyOf(path), text])),
      }
      return twisted(good, twists) ?? ''
    })
}

/** Bodies of every kind: nearly good ones, other JSON, cut or damaged ones, and bytes. */
export function hostileBody(good: unknown): fc.Arbitrary<Uint8Array> {
  const encode = (text: string) => Buffer.from(text, 'utf8')
  const nearlyGood = twistedJson(good)
  return fc.oneof(
    { weight: 12, arbitrary: nearlyGood.map(encode) },
    { weight: 3, arbitrary: hostileValue.map(encode) },
    { weight: 1, arbitrary: nearlyGood.map((text) => encode(text.slice(0, text.length / 2))) },
    { weight: 1, arbitrary: nearlyGood.map((text) => encode(`\ufeff${text}`)) },
    { weight: 1, arbitrary: nearlyGood.map((text) => encode(`${text}${text}`)) },
    { weight: 1, arbitrary: nearlyGood.map((text) => Buffer.from(text, 'utf16le')) },
    {
      weight: 1,
      arbitrary: nearlyGood.map((text) => Buffer.concat([encode(text), Buffer.from([0xff, 0xfe])])),
    },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 64 }) },
  )
}

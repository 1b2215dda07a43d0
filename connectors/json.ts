import { isUtf8 } from 'node:buffer'
import {
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  END,
  FALSE,
  JsonBytes,
  MAX_JSON_DEPTH,
  NotJson,
  NULL,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
  TRUE,
} from './json-bytes.ts'
import { type MemberNames, type Wanted, WantedMembers } from './json-members.ts'

export type { MemberNames } from './json-members.ts'

/**
 * Reads JSON without losing anything a purchase depends on. `JSON.parse` rounds ids above 2^53 and amounts to floats;
 * its reviver sees the digits, but takes seconds for a body of 8 MiB and recurses as deep as a sender likes.
 */
export type Json = null | boolean | string | ExactNumber | readonly Json[] | JsonObject

/** The members of an object, or those of them that were asked for: see `member`. The last of equal keys wins. */
export class JsonObject {
  readonly #wanted: Wanted
  /** Of an object that is read whole. */
  readonly #all: Map<string, Json> | null
  /** Else by the places of their names: a map for each object of a body would be most of what is made of it. */
  readonly #asked: (Json | undefined)[]

  constructor(wanted: Wanted) {
    this.#wanted = wanted
    this.#all = wanted === true ? new Map() : null
    this.#asked = wanted === true ? [] : new Array(wanted.size)
  }

  /** Of an object that is read whole. */
  set(key: string, value: Json): void {
    this.#all?.set(key, value)
  }

  /** Of one that is not. */
  setAt(place: number, value: Json): void {
    this.#asked[place] = value
  }

  /** @throws TypeError for a member that was not asked for: whether it is there is not known */
  get(key: string): Json | undefined {
    if (this.#wanted === true) return this.#all?.get(key)
    const asked = this.#wanted.get(key)
    if (asked === undefined) throw new TypeError(`${key} is not among the members that are read here`)
    return this.#asked[asked.place]
  }

  entries(): Iterable<[string, Json]> {
    if (this.#wanted === true) return this.#all?.entries() ?? []
    const named = this.#wanted.names().map((name, place) => [name, this.#asked[place]] as const)
    return named.filter((entry): entry is [string, Json] => entry[1] !== undefined)
  }
}

/** A number by the characters it was written with: `820982911946154508`, `12.50`, `1e3`. */
export class ExactNumber {
  readonly digits: string
  constructor(digits: string) {
    this.digits = digits
  }
}

/** Builds what is wanted of a document and walks over the rest. */
class Reader {
  readonly #bytes: Buffer
  readonly #walk: JsonBytes

  constructor(bytes: Buffer) {
    this.#bytes = bytes
    this.#walk = new JsonBytes(bytes, startOf(bytes))
  }

  document(wanted: Wanted): Json {
    const value = this.#value(wanted, 0)
    if (this.#walk.next() !== END) throw new NotJson()
    return value
  }

  #value(wanted: Wanted, depth: number): Json {
    if (depth > MAX_JSON_DEPTH) throw new NotJson()
    switch (this.#walk.next()) {
      case OPEN_OBJECT:
        return this.#object(wanted, depth)
      case OPEN_ARRAY:
        return this.#array(wanted, depth)
      case QUOTE:
        return this.#string()
      case TRUE:
        this.#walk.word('true')
        return true
      case FALSE:
        this.#walk.word('false')
        return false
      case NULL:
        this.#walk.word('null')
        return null
      default:
        return this.#number()
    }
  }

  #object(wanted: Wanted, depth: number): JsonObject {
    const walk = this.#walk
    const object = new JsonObject(wanted)
    walk.at++
    if (walk.skips(CLOSE_OBJECT)) return object
    do {
      if (walk.next() !== QUOTE) throw new NotJson()
      if (wanted === true) {
        const key = this.#string()
        walk.expect(COLON)
        object.set(key, this.#value(true, depth + 1))
        continue
      }
      const found = this.#wantedKey(wanted)
      walk.expect(COLON)
      if (found === undefined) walk.value(depth + 1)
      else object.setAt(found.place, this.#value(found.wanted, depth + 1))
    } while (walk.skips(COMMA))
    walk.expect(CLOSE_OBJECT)
    return object
  }

  #wantedKey(wanted: WantedMembers): ReturnType<WantedMembers['find']> {
    const start = this.#walk.at
    this.#walk.string()
    const end = this.#walk.at
    return this.#walk.escaped
      ? wanted.get(this.#text(start, end))
      : wanted.find(this.#bytes, start + 1, end - 1)
  }

  #array(wanted: Wanted, depth: number): readonly Json[] {
    const walk = this.#walk
    const items: Json[] = []
    walk.at++
    if (walk.skips(CLOSE_ARRAY)) return items
    do items.push(this.#value(wanted, depth + 1))
    while (walk.skips(COMMA))
    walk.expect(CLOSE_ARRAY)
    return items
  }

  #string(): string {
    const start = this.#walk.at
    this.#walk.string()
    return this.#text(start, this.#walk.at)
  }

  /** The text of a string that was passed over; `start` and `end` are outside of its quotes. */
  #text(start: number, end: number): string {
    return this.#walk.escaped
      ? (JSON.parse(this.#bytes.toString('utf8', start, end)) as string)
      : this.#bytes.toString('utf8', start + 1, end - 1)
  }

  #number(): ExactNumber {
    const start = this.#walk.at
    this.#walk.number()
    return new ExactNumber(this.#bytes.toString('latin1', start, this.#walk.at))
  }
}

/** Behind the byte order mark, which some senders put first. */
function startOf(bytes: Uint8Array): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
}

/** The members that a translator reads: said once, for `readJson`. */
export function members(names: MemberNames): WantedMembers {
  return new WantedMembers(names)
}

/**
 * The JSON document in these bytes, the whole of it or only the `wanted` members; either way undefined when the bytes
 * are not UTF-8, not JSON (RFC 8259) anywhere or nested deeper than MAX_JSON_DEPTH. Never throws.
 */
export function readJson(bytes: Uint8Array, wanted: Wanted = true): Json | undefined {
  try {
    if (!isUtf8(bytes)) return undefined
    return new Reader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)).document(wanted)
  } catch (error) {
    if (error instanceof NotJson) return undefined
    throw error
  }
}

/**
 * A member of an object; undefined when there is none or the value is not an object.
 * @throws TypeError where only other members were read
 */
export function member(value: Json | undefined, key: string): Json | undefined {
  return value instanceof JsonObject ? value.get(key) : undefined
}

export function isObject(value: Json | undefined): value is JsonObject {
  return value instanceof JsonObject
}

/** True for `null` and for what is not there: platforms write either. */
export function isAbsent(value: Json | undefined): value is null | undefined {
  return value === null || value === undefined
}

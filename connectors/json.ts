/**
 * Reads JSON without losing anything a purchase depends on. `JSON.parse` rounds ids above 2^53 and amounts to floats;
 * its reviver sees the digits, but takes seconds for a body of 8 MiB and recurses as deep as a sender likes.
 */
export type Json = null | boolean | string | ExactNumber | readonly Json[] | JsonObject

/** Only own keys are members: read them through `member`. The last of equal keys wins. */
export interface JsonObject {
  readonly [key: string]: Json
}

/** A number by the characters it was written with: `820982911946154508`, `12.50`, `1e3`. */
export class ExactNumber {
  readonly digits: string
  constructor(digits: string) {
    this.digits = digits
  }
}

/** Orders nest about 8 levels deep. */
export const MAX_JSON_DEPTH = 100

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y

class NotJson extends Error {}

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  document(): Json {
    const value = this.#value(0)
    if (this.#next() !== '') throw new NotJson()
    return value
  }

  #value(depth: number): Json {
    if (depth > MAX_JSON_DEPTH) throw new NotJson()
    switch (this.#next()) {
      case '{':
        return this.#object(depth)
      case '[':
        return this.#array(depth)
      case '"':
        return this.#string()
      case 't':
        return this.#word('true', true)
      case 'f':
        return this.#word('false', false)
      case 'n':
        return this.#word('null', null)
      default:
        return this.#number()
    }
  }

  #object(depth: number): JsonObject {
    const members: Record<string, Json> = {}
    this.#at++
    if (this.#skips('}')) return members
    do {
      if (this.#next() !== '"') throw new NotJson()
      const key = this.#string()
      if (!this.#skips(':')) throw new NotJson()
      setOwn(members, key, this.#value(depth + 1))
    } while (this.#skips(','))
    if (!this.#skips('}')) throw new NotJson()
    return members
  }

  #array(depth: number): readonly Json[] {
    const items: Json[] = []
    this.#at++
    if (this.#skips(']')) return items
    do items.push(this.#value(depth + 1))
    while (this.#skips(','))
    if (!this.#skips(']')) throw new NotJson()
    return items
  }

  #string(): string {
    const start = this.#at
    let plain = true
    for (let at = start + 1; at < this.#text.length; at++) {
      const code = this.#text.charCodeAt(at)
      if (code === 0x22) {
        this.#at = at + 1
        // escapes and the characters that need them are left to the runtime
        return plain
          ? this.#text.slice(start + 1, at)
          : (JSON.parse(this.#text.slice(start, at + 1)) as string)
      }
      if (code === 0x5c) at++
      if (code === 0x5c || code < 0x20) plain = false
    }
    throw new NotJson()
  }

  #number(): ExactNumber {
    NUMBER.lastIndex = this.#at
    if (!NUMBER.test(this.#text)) throw new NotJson()
    const start = this.#at
    this.#at = NUMBER.lastIndex
    return new ExactNumber(this.#text.slice(start, this.#at))
  }

  #word<T extends boolean | null>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) throw new NotJson()
    this.#at += word.length
    return value
  }

  /** Moves to the next character that is not white space; '' at the end. */
  #next(): string {
    for (; this.#at < this.#text.length; this.#at++) {
      const code = this.#text.charCodeAt(this.#at)
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) break
    }
    return this.#text.charAt(this.#at)
  }

  #skips(character: string): boolean {
    if (this.#next() !== character) return false
    this.#at++
    return true
  }
}

/** `__proto__` is a key like any other; a plain assignment would change what the object inherits. */
function setOwn(members: Record<string, Json>, key: string, value: Json): void {
  if (key !== '__proto__') members[key] = value
  else Object.defineProperty(members, key, { value, configurable: true, enumerable: true, writable: true })
}

/**
 * The JSON document in these bytes; undefined when they are not UTF-8, not JSON (RFC 8259) or nested deeper than
 * MAX_JSON_DEPTH. Never throws.
 */
export function readJson(bytes: Uint8Array): Json | undefined {
  try {
    return new Reader(new TextDecoder('utf-8', { fatal: true }).decode(bytes)).document()
  } catch {
    return undefined
  }
}

/** A member of an object; undefined when there is none or the value is not an object. */
export function member(value: Json | undefined, key: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined
}

export function isObject(value: Json | undefined): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber)
  )
}

/** True for `null` and for what is not there: platforms write either. */
export function isAbsent(value: Json | undefined): value is null | undefined {
  return value === null || value === undefined
}

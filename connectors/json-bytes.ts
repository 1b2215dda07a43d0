/** Orders nest about 8 levels deep. */
export const MAX_JSON_DEPTH = 100

export class NotJson extends Error {}

export const END = -1
export const QUOTE = 0x22
export const OPEN_ARRAY = 0x5b
export const CLOSE_ARRAY = 0x5d
export const OPEN_OBJECT = 0x7b
export const CLOSE_OBJECT = 0x7d
export const COMMA = 0x2c
export const COLON = 0x3a
/** The first letters of the three words. */
export const TRUE = 0x74
export const FALSE = 0x66
export const NULL = 0x6e
const BACKSLASH = 0x5c
const SPACE = 0x20
const MINUS = 0x2d
const PLUS = 0x2b
const POINT = 0x2e
const ZERO = 0x30
const LOWER_U = 0x75

const tableOf = (characters: string): Uint8Array => {
  const table = new Uint8Array(256)
  for (const character of characters) table[character.charCodeAt(0)] = 1
  return table
}
const DIGITS = tableOf('0123456789')
const HEX = tableOf('0123456789abcdefABCDEF')
const ESCAPED = tableOf('"\\/bfnrtu')
const EXPONENT = tableOf('eE')
const BLANK = tableOf(' \n\r\t')
/** What a string does not simply go on with: its end, an escape, what must be escaped. */
const SPECIAL = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 0x20 || byte === QUOTE || byte === BACKSLASH ? 1 : 0,
)

const WORDS: Readonly<Record<string, Uint8Array>> = {
  true: Buffer.from('true'),
  false: Buffer.from('false'),
  null: Buffer.from('null'),
}

/**
 * Walks over the bytes of a JSON text (RFC 8259), which must be UTF-8, and builds nothing: what nobody wants costs a
 * look at each byte. Every step leaves `at` behind what it passed over. @throws NotJson
 */
export class JsonBytes {
  readonly bytes: Uint8Array
  readonly end: number
  at: number
  /** Whether the string passed over last has escapes. */
  escaped = false

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes
    this.end = bytes.length
    this.at = at
  }

  /** Moves to the next byte that is not white space and tells it; END behind the last. */
  next(): number {
    const { bytes, end } = this
    for (let { at } = this; at < end; at++) {
      const byte = bytes[at]!
      if (byte > SPACE || BLANK[byte] === 0) {
        this.at = at
        return byte
      }
    }
    this.at = end
    return END
  }

  /** Passes over `byte` if it comes next. */
  skips(byte: number): boolean {
    if (this.next() !== byte) return false
    this.at++
    return true
  }

  /** Passes over `byte`, which has to come next. */
  expect(byte: number): void {
    if (!this.skips(byte)) throw new NotJson()
  }

  value(depth: number): void {
    if (depth > MAX_JSON_DEPTH) throw new NotJson()
    const first = this.next()
    if (first === QUOTE) this.string()
    else if (first === OPEN_OBJECT) this.#object(depth)
    else if (first === OPEN_ARRAY) this.#array(depth)
    else if (first === TRUE) this.word('true')
    else if (first === FALSE) this.word('false')
    else if (first === NULL) this.word('null')
    else this.number()
  }

  #object(depth: number): void {
    this.at++
    if (this.skips(CLOSE_OBJECT)) return
    do {
      if (this.next() !== QUOTE) throw new NotJson()
      this.string()
      this.expect(COLON)
      this.value(depth + 1)
    } while (this.skips(COMMA))
    this.expect(CLOSE_OBJECT)
  }

  #array(depth: number): void {
    this.at++
    if (this.skips(CLOSE_ARRAY)) return
    do this.value(depth + 1)
    while (this.skips(COMMA))
    this.expect(CLOSE_ARRAY)
  }

  /** A string, its quotes included; `at` is on the first. */
  string(): void {
    const { bytes, end } = this
    let at = this.at + 1
    this.escaped = false
    for (;;) {
      while (at < end && SPECIAL[bytes[at]!] === 0) at++
      if (at >= end) throw new NotJson()
      const byte = bytes[at]!
      if (byte === QUOTE) break
      if (byte !== BACKSLASH) throw new NotJson()
      this.escaped = true
      at = afterEscape(bytes, at)
    }
    this.at = at + 1
  }

  number(): void {
    const { bytes } = this
    let at = this.at
    if (bytes[at] === MINUS) at++
    at = bytes[at] === ZERO ? at + 1 : afterDigits(bytes, at)
    if (bytes[at] === POINT) at = afterDigits(bytes, at + 1)
    if (at < bytes.length && EXPONENT[bytes[at]!] === 1) {
      at++
      if (bytes[at] === PLUS || bytes[at] === MINUS) at++
      at = afterDigits(bytes, at)
    }
    this.at = at
  }

  word(word: 'true' | 'false' | 'null'): void {
    for (const byte of WORDS[word]!) {
      if (this.bytes[this.at] !== byte) throw new NotJson()
      this.at++
    }
  }
}

function afterEscape(bytes: Uint8Array, at: number): number {
  const kind = bytes[at + 1]
  if (kind === undefined || ESCAPED[kind] === 0) throw new NotJson()
  if (kind !== LOWER_U) return at + 2
  for (let digit = at + 2; digit < at + 6; digit++) {
    if (digit >= bytes.length || HEX[bytes[digit]!] === 0) throw new NotJson()
  }
  return at + 6
}

/** Behind a row of at least one digit. */
function afterDigits(bytes: Uint8Array, from: number): number {
  let at = from
  while (at < bytes.length && DIGITS[bytes[at]!] === 1) at++
  if (at === from) throw new NotJson()
  return at
}

/** A JSON number with its own digits: nothing passes through a float before its rules are known. */
export class JsonNumber {
  readonly source: string

  constructor(source: string) {
    this.source = source
  }
}

/** Text that is not acceptable JSON. `path` is dotted, '' is the whole text. */
export class JsonFault extends Error {
  override readonly name = 'JsonFault'
  readonly path: string
  /** True when the text is JSON, but holds a text that no record may hold. */
  readonly wellFormed: boolean

  constructor(path: string, message: string, wellFormed = false) {
    super(message)
    this.path = path
    this.wellFormed = wellFormed
  }
}

export const MAX_DEPTH = 32
/** Looking at each number as it was written takes 4 µs: more of them would hold up everybody else. */
export const MAX_VALUES = 10_000

type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown
/** TypeScript's library does not know the third argument of the reviver yet. */
const parse = JSON.parse as (text: string, reviver: Reviver) => unknown

/**
 * Parses JSON with numbers as `JsonNumber`. Levels and values are counted before anything is parsed, so that they cost
 * nothing. @throws JsonFault for what is not JSON, nests too deeply, holds too much, a NUL or a lone surrogate
 */
export function parseExactJson(text: string): unknown {
  refuseExcess(text)
  let value: unknown
  try {
    value = parse(text, (_key, item, context) =>
      typeof item === 'number' && context.source !== undefined ? new JsonNumber(context.source) : item,
    )
  } catch {
    throw new JsonFault('', text.trim() === '' ? 'is empty' : 'is not valid JSON')
  }
  // valid JSON in valid UTF-8 can only hold a NUL or a lone surrogate as an escape
  if (text.includes('\\u')) refuseBadText(value, '')
  return value
}

function refuseExcess(text: string): void {
  let depth = 0
  let values = 1
  let inString = false
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    if (inString) {
      if (unit === BACKSLASH) index += 1
      else if (unit === QUOTE) inString = false
    } else if (unit === QUOTE) inString = true
    else if (unit === COMMA) values += 1
    else if (unit === OPEN_BRACE || unit === OPEN_BRACKET) {
      depth += 1
      values += 1
      if (depth > MAX_DEPTH) throw new JsonFault('', `nests more than ${MAX_DEPTH} levels deep`)
    } else if (unit === CLOSE_BRACE || unit === CLOSE_BRACKET) depth -= 1
    if (values > MAX_VALUES) throw new JsonFault('', `holds more than ${MAX_VALUES} values`)
  }
}

const QUOTE = 0x22
const COMMA = 0x2c
const BACKSLASH = 0x5c
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d

function refuseBadText(value: unknown, path: string): void {
  if (typeof value === 'string') {
    const fault = textFault(value)
    if (fault !== null) throw new JsonFault(path, fault, true)
    return
  }
  if (typeof value !== 'object' || value === null || value instanceof JsonNumber) return
  for (const [key, item] of Object.entries(value)) {
    const fault = textFault(key)
    if (fault !== null) throw new JsonFault(path, `has a field whose name ${fault}`, true)
    refuseBadText(item, path === '' ? key : `${path}.${key}`)
  }
}

function textFault(text: string): string | null {
  if (text.includes('\0')) return 'holds a NUL character (U+0000)'
  if (!text.isWellFormed()) return 'holds a lone surrogate (half of a UTF-16 pair)'
  return null
}

/** Numbers as JavaScript numbers, for schemas that expect plain JSON (settings and credentials of adapters). */
export function plainJson(value: unknown): unknown {
  if (value instanceof JsonNumber) return Number(value.source)
  if (Array.isArray(value)) return value.map(plainJson)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainJson(item)]))
}

/**
 * `null` in a create is as if absent: nulls inside objects become undefined. The names stay, so that an unknown field
 * is still seen. Nulls in lists are left to the schema.
 */
export function nullsAsAbsent(value: unknown, kept: ReadonlySet<string> = NONE): unknown {
  if (Array.isArray(value)) return value.map((item) => nullsAsAbsent(item, kept))
  if (typeof value !== 'object' || value === null || value instanceof JsonNumber) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      item === null ? (kept.has(key) ? null : undefined) : nullsAsAbsent(item, kept),
    ]),
  )
}

const NONE: ReadonlySet<string> = new Set()

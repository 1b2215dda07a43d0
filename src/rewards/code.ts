import { foldText } from '../ports/fold-text.ts'

/**
 * 24 signs: digits and capitals without those that are mistaken for one another when read aloud or copied by hand
 * (0 O Q, 1 I L, 2 Z, 5 S, 8 B, U V), and without vowels, so that no code spells a word.
 */
const ALPHABET = '23456789CDFGHJKMNPRTVWXY'
const GROUPS = 3
const SIGNS_PER_GROUP = 5
/** Bytes from here on are thrown away: taking them modulo 24 would favour the first signs. */
const FIRST_BIASED_BYTE = 256 - (256 % ALPHABET.length)
const MAX_DRAWS = 64
const PREFIX = /^[A-Z0-9-]{0,20}$/

/**
 * Draws a coupon code such as `STREAK-7KMF4-X3TRG-9WHCD`: 15 signs of 24, that is 68 bits, in groups for reading.
 * @param prefix at most 20 of A–Z, 0–9 and '-'; '' for none
 * @param random a source of `n` random bytes fit for secrets, such as `randomBytes` of node:crypto
 * @throws RangeError for a prefix that does not fit, Error when the source gives no usable bytes
 */
export function drawCode(prefix: string, random: (n: number) => Uint8Array): string {
  if (!PREFIX.test(prefix)) {
    throw new RangeError('prefix of a coupon code must be at most 20 of A–Z, 0–9 and "-"')
  }
  const signs = drawSigns(GROUPS * SIGNS_PER_GROUP, random)
  const groups = Array.from({ length: GROUPS }, (_, group) =>
    signs.slice(group * SIGNS_PER_GROUP, (group + 1) * SIGNS_PER_GROUP),
  )
  const joint = prefix === '' || prefix.endsWith('-') ? '' : '-'
  return `${prefix}${joint}${groups.join('-')}`
}

function drawSigns(count: number, random: (n: number) => Uint8Array): string {
  let signs = ''
  for (let draw = 0; draw < MAX_DRAWS; draw += 1) {
    for (const byte of random(count)) {
      if (byte < FIRST_BIASED_BYTE) signs += ALPHABET[byte % ALPHABET.length]
      if (signs.length === count) return signs
    }
  }
  throw new Error(`the source of random bytes gave no ${count} usable ones in ${MAX_DRAWS} draws`)
}

/** The form in which codes are compared for uniqueness: a checkout cannot tell codes apart that are the same folded. */
export function foldCode(code: string): string {
  return foldText(code)
}

/**
 * The forms by which a code is looked up: codes that were stored when case alone was evened out stay as they are, under
 * the form of then.
 */
export function foldedForms(code: string): readonly string[] {
  return [...new Set([foldCode(code), code.toLowerCase().toUpperCase().toLowerCase()])]
}

const OUTER_SPACE = /^\p{White_Space}+|\p{White_Space}+$/gu

/** A code as it is stored and handed out: without white space around it. */
export function trimCode(sent: string): string {
  return sent.replace(OUTER_SPACE, '')
}

const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u

/**
 * Why a text, once trimmed, cannot be a coupon code; null when it can. The limit is that of `couponCode`: 1 to 128
 * characters (code points). What cannot be seen cannot be typed: the fault names its place in the text as sent.
 */
export function codeFault(sent: string): string | null {
  const code = trimCode(sent)
  const characters = code.length <= 128 ? code.length : [...code].length
  if (characters < 1 || characters > 128) return `must have 1 to 128 characters, has ${characters}`
  if (!code.isWellFormed()) return 'must not hold lone surrogates'
  const unseen = UNSEEN.exec(code)
  if (unseen === null) return null
  const before = sent.slice(0, sent.indexOf(code) + unseen.index)
  const name = (unseen[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  return `must not hold control or invisible characters: character ${[...before].length + 1} is U+${name}`
}

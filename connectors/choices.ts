import type { IgnoreReason } from '../src/ports/connector.ts'
import { foldChoice } from '../src/ports/schema/choices.ts'
import type { ConnectorRule, GiftCards } from '../src/ports/schema/values.ts'
import type { Purchase } from './purchase.ts'

/** Why a rule is not about a purchase. */
export interface Unwanted {
  readonly ok: false
  readonly reason: IgnoreReason
  readonly message: string
}

/** Rules that were stored before there was the choice count gift cards. */
export function giftCardsOf({ giftCards }: ConnectorRule): GiftCards {
  return giftCards ?? 'count'
}

/** Whether the order was placed where the rule wants it; null where that is so, or all the same to the rule. */
export function checkChannels({ channels }: ConnectorRule, { channel }: Purchase): Unwanted | null {
  if (channels === undefined) return null
  if (channel === null) return unwanted('BODY_NOT_UNDERSTOOD', 'the order does not say where it was placed')
  if (isAmong(channels, [channel])) return null
  return unwanted(
    'CHANNEL_NOT_WANTED',
    `the order came by ${shown(channel)}; the rule wants ${listed(channels)}`,
  )
}

/** Whether the order has one of the tags that the rule wants. */
export function checkTags({ tags }: ConnectorRule, purchase: Purchase): Unwanted | null {
  if (tags === undefined) return null
  if (purchase.tags === null) return unwanted('BODY_NOT_UNDERSTOOD', 'the order does not state its tags')
  if (isAmong(tags, purchase.tags)) return null
  return unwanted('TAG_MISSING', `the order has no tag that the rule wants: ${listed(tags)}`)
}

/** Whether one of what was sold is what the rule wants. Of gift cards that the rule ignores none is. */
export function checkProducts(rule: ConnectorRule, { products: sold }: Purchase): Unwanted | null {
  const { products } = rule
  if (products === undefined) return null
  if (sold === null) return unwanted('BODY_NOT_UNDERSTOOD', 'the order does not state what was sold')
  const counted = giftCardsOf(rule) === 'count' ? sold : sold.filter(({ isGiftCard }) => !isGiftCard)
  if (
    isAmong(
      products,
      counted.flatMap(({ names }) => names),
    )
  )
    return null
  const message = `nothing that counts of the order is a product, variant or SKU that the rule wants: ${listed(products)}`
  return unwanted('PRODUCT_MISSING', message)
}

function isAmong(wanted: readonly string[], stated: readonly string[]): boolean {
  const folded = new Set(wanted.map(foldChoice))
  return stated.some((text) => folded.has(foldChoice(text)))
}

const SHOWN_TEXTS = 5
const SHOWN_CHARACTERS = 40

function listed(texts: readonly string[]): string {
  const more = texts.length > SHOWN_TEXTS ? ` and ${texts.length - SHOWN_TEXTS} more` : ''
  return `${texts.slice(0, SHOWN_TEXTS).map(shown).join(', ')}${more}`
}

/** Messages are kept with the delivery: a store takes neither NUL nor half a character. */
function shown(text: string): string {
  const characters = [
    ...text
      .slice(0, 4 * SHOWN_CHARACTERS)
      .toWellFormed()
      .replaceAll('\0', ''),
  ]
  const start = characters.slice(0, SHOWN_CHARACTERS).join('')
  return JSON.stringify(characters.length > SHOWN_CHARACTERS ? `${start}…` : start)
}

function unwanted(reason: IgnoreReason, message: string): Unwanted {
  return { ok: false, reason, message }
}

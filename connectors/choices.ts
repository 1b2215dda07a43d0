import type { IgnoreReason } from '../src/ports/connector.ts'
import { foldChoice } from '../src/ports/schema/choices.ts'
import type { ConnectorRule } from '../src/ports/schema/values.ts'
import { giftCardsOf, type Refused } from './measure.ts'
import type { Purchase } from './purchase.ts'

/** Whether the order was placed where the rule wants it; null where that is so, or all the same to the rule. */
export function checkChannels({ channels }: ConnectorRule, { channel }: Purchase): Refused {
  if (channels === undefined) return null
  if (channel === null) return unwanted('BODY_NOT_UNDERSTOOD', 'the order does not say where it was placed')
  if (isAmong(channels, [channel])) return null
  return unwanted(
    'CHANNEL_NOT_WANTED',
    `the order came by ${shown(channel)}; the rule wants ${listed(channels)}`,
  )
}

/** Whether the order has one of the tags that the rule wants. */
export function checkTags({ tags }: ConnectorRule, purchase: Purchase): Refused {
  if (tags === undefined) return null
  if (purchase.tags === null) return unwanted('BODY_NOT_UNDERSTOOD', 'the order does not state its tags')
  if (isAmong(tags, purchase.tags)) return null
  return unwanted('TAG_MISSING', `the order has no tag that the rule wants: ${listed(tags)}`)
}

/** Whether one of what was sold is what the rule wants. Of gift cards that the rule ignores none is. */
export function checkProducts(rule: ConnectorRule, purchase: Purchase): Refused {
  const { products } = rule
  if (products === undefined) return null
  const sold = soldNames(rule, purchase)
  if (sold === null) return unwanted('BODY_NOT_UNDERSTOOD', 'the order does not state what was sold')
  if (isAmong(products, sold)) return null
  const message = `nothing that counts of the order is a product, variant or SKU that the rule wants: ${listed(products)}`
  return unwanted('PRODUCT_MISSING', message)
}

/** Of what was sold, what a rule looks at by its names; null where the body does not say it. */
export function soldNames(rule: ConnectorRule, { products }: Purchase): readonly string[] | null {
  if (products === null) return null
  const counted = giftCardsOf(rule) === 'count' ? products : products.filter(({ isGiftCard }) => !isGiftCard)
  return counted.flatMap(({ names }) => names)
}

function isAmong(wanted: readonly string[], stated: readonly string[]): boolean {
  const folded = new Set(wanted.map(foldChoice))
  return stated.some((text) => folded.has(foldChoice(text)))
}

const SHOWN_TEXTS = 5
const SHOWN_CHARACTERS = 40

/** A few of them, as they are shown to people. */
export function listed(texts: readonly string[]): string {
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

function unwanted(reason: IgnoreReason, message: string): Refused {
  return { reason, message }
}

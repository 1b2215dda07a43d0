import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js'
import type { Json } from './json.ts'

const E164 = /^\+[1-9]\d{1,14}$/

/**
 * A telephone number as people type it, in E.164; null when it is possible in no country that it may be of. What is
 * E.164 is kept as it is; an extension is left out.
 * @param country ISO 3166-1 alpha-2, in which a number without a country code is dialled
 */
export function readPhoneNumber(text: string, country: string | null): string | null {
  const number = text.trim()
  if (E164.test(number)) return number
  const region = country?.toUpperCase() ?? ''
  const parsed = parsePhoneNumberFromString(number, isSupportedCountry(region) ? region : undefined)
  return parsed?.isPossible() === true && E164.test(parsed.number) ? parsed.number : null
}

/** The first of these that names a country. */
export function firstCountry(...stated: readonly (Json | undefined)[]): string | null {
  const found = stated.find((one) => typeof one === 'string' && /^[A-Za-z]{2}$/.test(one))
  return typeof found === 'string' ? found : null
}

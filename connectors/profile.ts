import type { MemberProfile } from '../src/ports/schema/values.ts'
import { isAbsent, type Json } from './json.ts'
import { readPhoneNumber } from './phone.ts'

export const MAX_NAME_CHARACTERS = 256
export const MAX_EMAIL_CHARACTERS = 320
/** Of every id a platform gives: orders, customers, deliveries. */
export const MAX_ID_CHARACTERS = 256

type Candidates = readonly (Json | undefined)[]

/** Where a body states each field, best place first. */
export interface ProfileSources {
  readonly firstName: Candidates
  readonly lastName: Candidates
  readonly email: Candidates
  readonly phoneNumber: Candidates
  /** Of the addresses of the body: where a number without a country code is dialled. */
  readonly country?: string | null
}

type ProfileField = Exclude<keyof ProfileSources, 'country'>

export interface ReadProfile {
  readonly profile: MemberProfile
  /** Fields that were stated, but nowhere in a form that can be kept. */
  readonly droppedFields: readonly string[]
}

/** Takes each field from the first place that states it in a valid form. Blank counts as not stated. */
export function readProfile(sources: ProfileSources): ReadProfile {
  const profile: Record<string, string> = {}
  const droppedFields: string[] = []
  for (const [field, valid] of Object.entries(validators(sources.country ?? null)) as [
    ProfileField,
    Validator,
  ][]) {
    const stated = sources[field].filter((value) => !isAbsent(value) && !isBlank(value))
    const value = stated
      .map((one) => (typeof one === 'string' ? valid(one) : null))
      .find((one) => one !== null)
    if (value !== undefined) profile[field] = value
    else if (stated.length > 0) droppedFields.push(field)
  }
  return { profile, droppedFields }
}

/** Text every store can keep: no NUL, no lone surrogate. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}

/** An id to be kept exactly as the platform wrote it: not blank, at most 256 characters. */
export function isId(value: Json | undefined): value is string {
  return (
    typeof value === 'string' && !isBlank(value) && value.length <= MAX_ID_CHARACTERS && isStorable(value)
  )
}

function isBlank(value: Json | undefined): boolean {
  return typeof value === 'string' && value.trim() === ''
}

/** The value to keep, or null when it is not valid. */
type Validator = (text: string) => string | null

const EMAIL = /^[^\s\p{Cc}@]+@[^\s\p{Cc}@]+$/u

function name(text: string): string | null {
  return text.length <= MAX_NAME_CHARACTERS && isStorable(text) ? text : null
}

function email(text: string): string | null {
  const address = text.trim()
  return address.length <= MAX_EMAIL_CHARACTERS && isStorable(address) && EMAIL.test(address) ? address : null
}

const validators = (country: string | null): Readonly<Record<ProfileField, Validator>> => ({
  firstName: name,
  lastName: name,
  email,
  phoneNumber: (text) => readPhoneNumber(text, country),
})

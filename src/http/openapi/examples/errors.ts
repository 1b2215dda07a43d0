import type { ErrorCode, ErrorDetail } from '../../../errors.ts'
import type { JsonSchema } from '../../json/json-schema.ts'
import { ERROR_MEANINGS } from '../error-meanings.ts'

interface Failure {
  readonly message: string
  readonly details: readonly ErrorDetail[]
}

const EXISTING_ID = '01936f2e-0e5a-7c3b-9a41-5d0f6b1c2a37'

function at(path: string, message: string, existingId?: string): Failure {
  const detail = { path, message, ...(existingId === undefined ? {} : { existingId }) }
  return { message: `${path} ${message}`, details: [detail] }
}

/** Failures as they are met most; the others are shown with what their code means. */
const MET: Readonly<Partial<Record<ErrorCode, Failure>>> = {
  INVALID_INPUT: at('activityAt', 'has no offset: add Z or one such as +02:00'),
  UNKNOWN_FIELD: at('activitiId', 'is not a field of this record'),
  REFERENCE_NOT_FOUND: at('streakId', 'names a streak that does not exist'),
  DUPLICATE_STREAK_LOG: at(
    'uniqueIdentifier',
    'was already used for this member on this streak',
    EXISTING_ID,
  ),
  DUPLICATE_VALUE: at('externalId', 'is already taken in this account', EXISTING_ID),
  FILTER_NOT_SELECTIVE: at('filters', 'needs at its top level an EQUALS or a range on one of: streakId, …'),
}

/** One example for each code. */
export function errorExamples(codes: readonly ErrorCode[]): JsonSchema {
  return Object.fromEntries(codes.map((code) => [code, { summary: code, value: errorExample(code) }]))
}

function errorExample(code: ErrorCode): JsonSchema {
  const { message, details } = MET[code] ?? { message: ERROR_MEANINGS[code], details: [] }
  return { error: { code, message, details, requestId: '01936f2e-1c8d-7d52-b6a0-3e9f4c7a8b21' } }
}

import type { ErrorCode } from '../../errors.ts'

/**
 * What each code means, for the API document; docs/errors.md says the same and what to do, and a test compares them.
 */
export const ERROR_MEANINGS: Readonly<Record<ErrorCode, string>> = {
  INVALID_INPUT:
    'A field or parameter is missing, of the wrong kind, out of range, or does not go with another one.',
  INVALID_JSON:
    'The body is not JSON, not UTF-8, empty, nests more than 32 levels deep, or holds more than 10,000 values.',
  UNKNOWN_FIELD: 'The body holds a field that the record does not have, or one that only the platform sets.',
  REFERENCE_NOT_FOUND: 'The body names a record that does not exist in your account.',
  FIELD_IS_FIXED: 'The field can no longer change: progress or rewards already rest on it.',
  STREAK_NOT_LIVE: 'The streak is a draft (the default) or paused, so it takes no logs.',
  MEMBER_NOT_LIVE: 'The member is a draft or paused and earns nothing.',
  IN_FUTURE: 'The `activityAt` lies more than 5 minutes ahead of our clock.',
  QUERY_TOO_EXPENSIVE: 'A list would have to look at too many records.',
  FILTER_NOT_SELECTIVE:
    'A filtered list of logs, withdrawals, progress, member streaks, rewards, deliveries or webhook messages would have to read all of them.',
  CREDENTIALS_MISSING: 'The connector has no secrets to check webhooks with, so it cannot be live.',
  SHOP_MISMATCH: "The credentials are those of another shop than the connector's settings name.",
  SCOPE_MISSING:
    'What is asked needs a scope or permission of the platform that was not granted; the message names it.',
  CURRENCY_MISMATCH: 'The amount of a discount is in another currency than the shop that would give it.',
  UNAUTHENTICATED:
    'The credentials are missing, wrong, of two callers at once, or of a key that is not live; or a token has expired.',
  SIGNATURE_INVALID:
    "A webhook's signature is missing, malformed, stale or not made with one of the connector's secrets. `details` holds the reason.",
  FORBIDDEN: 'These credentials are right, but do not reach this resource.',
  NOT_FOUND: 'Nothing is at this address, or the record belongs to another account.',
  METHOD_NOT_ALLOWED:
    'The resource never allows this verb, or does not have it yet; the message says which and why.',
  CONFLICT: 'The request contradicts the present state.',
  DUPLICATE_STREAK_LOG:
    'This member already has a log with this `uniqueIdentifier` on this streak. Nothing was counted twice.',
  DUPLICATE_WITHDRAWAL: 'The streak log has a withdrawal with this `uniqueIdentifier` already.',
  DUPLICATE_REINSTATEMENT: 'The withdrawal was undone already; that is done once.',
  DUPLICATE_VALUE: 'Another record of the account already has this value, which has to be unique.',
  REWARD_BEING_FULFILLED: "The platform makes this reward's coupon itself.",
  REWARD_HELD: 'The reward waits for the end of its hold.',
  REWARD_REVOKED: 'The reward was taken back.',
  STREAK_HAS_LOGS: 'The streak has logs, which are permanent.',
  STREAK_IN_USE: "A milestone or a connector's rule refers to the streak; the message names it.",
  MILESTONE_HAS_REWARD_LOGS: 'The milestone has granted rewards.',
  PROVIDER_IN_USE:
    'A milestone names this coupon provider, one that has granted rewards named it, or it still has codes; the message says which.',
  CODE_IN_USE: 'The code was given to a member.',
  CONNECTOR_IN_USE: 'A coupon provider works through this connector; the message says which.',
  CONNECTOR_HAS_DELIVERIES: 'The connector has received webhooks, which are kept under it.',
  CONNECTOR_INSTALLED:
    'The connector is installed at its platform, and what you would change was set by that.',
  NOT_INSTALLED: 'The connector is not installed at its platform, so nothing can be asked there.',
  PUBLIC_URL_MISSING:
    'Nobody said where the world reaches this server, so no platform can be told where to send webhooks.',
  CONNECTOR_NOT_LIVE: 'The connector is a draft or paused, so nothing would count.',
  BACKFILL_RUNNING: 'A backfill of this connector runs already; `existingId` names it.',
  NOT_EXPORTABLE: 'The privacy request is a redaction: there is nothing to export.',
  LAST_LIVE_KEY:
    'It is the last live API key of the account: without it your backend could not call any more.',
  LAST_OWNER:
    'It is the last owner of the account: without one nobody could manage its users and keys in the console.',
  LINK_NOT_GOOD: 'The link to set a password was used, is older than an hour, or a newer one replaced it.',
  TOO_MANY_ENDPOINTS: 'The account has as many webhook endpoints as it may have.',
  ENDPOINT_NOT_LIVE:
    'The webhook endpoint of the message is a draft, paused or deleted, and is sent nothing.',
  PAYLOAD_GONE: 'The member whom the message told of was erased, and what it said with it.',
  PRECONDITION_FAILED:
    'The record has changed since it had the `ETag` that `If-Match` names; nothing was changed.',
  BODY_TOO_LARGE: 'The body is larger than 1 MiB (API) or 8 MiB (webhooks).',
  NOT_JSON: 'The body is not declared as `application/json`, or is compressed.',
  FAILED_FOR_GOOD:
    'A reward or a purchase has failed and nothing more is tried for it. Jobs of the queue end with it, followed by the reason that stands in its row; requests do not meet it.',
  TOO_MANY_REQUESTS:
    'The API key, one of its end users, or the address without credentials sends more than it may.',
  INTERNAL: 'A fault of ours; the details are in the log.',
  SECRET_UNREADABLE:
    'A stored secret was sealed with a key that this installation was not given, or for another row.',
  PLATFORM_REFUSED: 'The platform said no; `details` has its status and own words.',
  PLATFORM_UNAVAILABLE:
    'The platform could not be reached, or answered with trouble that may pass, three times; `details` has its own words.',
  OVERLOADED:
    'The process holds as many bodies or connections as it may, or has more to do than it may put off.',
  STORE_BUSY:
    'Other writers were faster, again and again; or, in an erasure, somebody read from the file of SQLite for too long.',
  STORE_UNAVAILABLE: 'The database cannot be reached or answers too late.',
  PROVIDER_UNAVAILABLE:
    'A coupon provider does not answer or is out of codes. It is met by the workers, who try again; requests do not meet it.',
}

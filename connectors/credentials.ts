import { z } from 'zod'

const MIN_WEBHOOK_SECRET_CHARACTERS = 16
const MAX_SECRET_CHARACTERS = 256

/** A secret as it was copied from the platform. */
export const secretText = z
  .string()
  .max(MAX_SECRET_CHARACTERS, `at most ${MAX_SECRET_CHARACTERS} characters`)
  .regex(/\S/, { error: 'must not be blank', abort: true })
  .regex(/^\S(?:[\s\S]*\S)?$/, 'must not begin or end with white space')

/**
 * What a webhook may be signed with: 16 to 256 characters, a prefix among them, and no white space, so that a line
 * break that was pasted along is refused when the secret is given, and not found out by webhooks that all fail.
 * Platforms add what they know of the look of their own (`.regex`), for other keys lie beside it on the same page.
 */
export const webhookSecret = z
  .string()
  .regex(/^\S*$/, { error: 'must not hold white space: copy it without spaces and line breaks', abort: true })
  .min(MIN_WEBHOOK_SECRET_CHARACTERS, {
    error: ({ input }) =>
      `has ${String(input).length} characters, ${MIN_WEBHOOK_SECRET_CHARACTERS} to ${MAX_SECRET_CHARACTERS} are needed`,
    abort: true,
  })
  .max(MAX_SECRET_CHARACTERS, {
    error: ({ input }) =>
      `has ${String(input).length} characters, at most ${MAX_SECRET_CHARACTERS} are allowed`,
    abort: true,
  })

/**
 * Every secret that may sign at the moment: one, or the old and the new one while it is rotated.
 * @param secret how one of them looks
 */
export function webhookSecrets(secret = webhookSecret) {
  return z
    .array(secret)
    .min(1, 'at least 1 secret')
    .max(5, 'at most 5 secrets: remove those that are revoked')
}

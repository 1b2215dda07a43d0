import { z } from 'zod'

const MAX_SECRET_CHARACTERS = 256

/** A secret as it was copied from the platform. */
export const secretText = z
  .string()
  .max(MAX_SECRET_CHARACTERS, `at most ${MAX_SECRET_CHARACTERS} characters`)
  .refine((text) => text.trim() !== '', 'must not be blank')
  .refine((text) => text.trim() === text || text.trim() === '', 'must not begin or end with white space')

/** Every secret that may sign at the moment: one, or the old and the new one while it is rotated. */
export const webhookSecrets = z
  .array(secretText)
  .min(1, 'at least 1 secret')
  .max(5, 'at most 5 secrets: remove those that are revoked')

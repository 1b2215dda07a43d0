import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { AppError } from '../../errors.ts'
import type { Connector } from '../../ports/connector.ts'
import type { Row } from '../../ports/schema.ts'
import type { SecretBox, SecretPlace } from '../../ports/secret-box.ts'
import { sealSecrets } from '../../setup/connector-secrets.ts'
import { check, shapeError } from '../read/check.ts'

const placeOf = (id: string) => ({ collection: 'connector', id, field: 'sealedCredentials' }) as const

type Given = Readonly<Record<string, unknown>>

/**
 * What the store keeps of the credentials of a new connector; without any, no secrets.
 * @throws AppError INVALID_INPUT | UNKNOWN_FIELD
 */
export function createCredentials(
  secretBox: SecretBox,
  platform: Connector,
  id: string,
  given: Given | undefined,
): string {
  if (given === undefined) return sealSecrets(secretBox, id, [])
  return secretBox.seal(JSON.stringify(check(platform.credentials, given, ['credentials'])), placeOf(id))
}

/**
 * What the store keeps of credentials that replace those it has; undefined where they repeat them, so that nothing is
 * written. A webhook secret that is stored already stays, whatever is asked of the look of new ones.
 * @throws AppError INVALID_INPUT | UNKNOWN_FIELD
 */
export function patchedCredentials(
  secretBox: SecretBox,
  platform: Connector,
  given: Given,
  { id, sealedCredentials }: Pick<Row<'connector'>, 'id' | 'sealedCredentials'>,
): string | undefined {
  const stored = openedOrNone(secretBox, sealedCredentials, placeOf(id))
  const { data: credentials = given, error } = platform.credentials.safeParse(given)
  const faults = (error?.issues ?? []).filter(({ path }) => !isStoredSecret(path, given, stored))
  if (faults.length > 0) throw shapeError(new z.ZodError(faults), ['credentials'])
  return isDeepStrictEqual(credentials, stored)
    ? undefined
    : secretBox.seal(JSON.stringify(credentials), placeOf(id))
}

/** Whether a fault is that of a secret which the connector has already: `webhookSecrets.{n}`. */
function isStoredSecret(path: readonly PropertyKey[], given: Given, stored: Given): boolean {
  const [field, index] = path
  if (path.length !== 2 || field !== 'webhookSecrets') return false
  const secret = (given.webhookSecrets as readonly unknown[])[Number(index)]
  return (stored.webhookSecrets as readonly unknown[] | undefined)?.includes(secret) === true
}

/** New credentials are taken also where the key is lost that the stored ones were sealed with. */
function openedOrNone(secretBox: SecretBox, sealed: string, place: SecretPlace): Given {
  try {
    return JSON.parse(secretBox.open(sealed, place))
  } catch (error) {
    if (error instanceof AppError && error.code === 'SECRET_UNREADABLE') return {}
    throw error
  }
}

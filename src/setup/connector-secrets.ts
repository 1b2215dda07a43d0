import { AppError } from '../errors.ts'
import type { Row } from '../ports/schema.ts'
import type { SecretBox, SecretPlace } from '../ports/secret-box.ts'

type Connector = Pick<Row<'connector'>, 'id' | 'sealedCredentials'>

/** As many as a merchant may give. */
const MAX_SECRETS = 5

const placeOf = (id: string): SecretPlace => ({ collection: 'connector', id, field: 'sealedCredentials' })

/** What webhooks are checked with. @throws AppError SECRET_UNREADABLE */
export function openSecrets(secretBox: SecretBox, { id, sealedCredentials }: Connector): readonly string[] {
  const { webhookSecrets } = JSON.parse(secretBox.open(sealedCredentials, placeOf(id)))
  return webhookSecrets as string[]
}

/** How many there are; those that no key opens any more count as one. */
export function countSecrets(secretBox: SecretBox, connector: Connector): number {
  try {
    return openSecrets(secretBox, connector).length
  } catch (error) {
    if (error instanceof AppError && error.code === 'SECRET_UNREADABLE') return 1
    throw error
  }
}

/** The first of them, each once. */
export function sealSecrets(secretBox: SecretBox, id: string, secrets: readonly string[]): string {
  const webhookSecrets = [...new Set(secrets)].slice(0, MAX_SECRETS)
  return secretBox.seal(JSON.stringify({ webhookSecrets }), placeOf(id))
}

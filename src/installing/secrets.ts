import type { Access } from '../ports/hands.ts'
import type { Row } from '../ports/schema.ts'
import type { SecretBox, SecretPlace } from '../ports/secret-box.ts'

type Field = 'sealedAccess' | 'sealedConsent'

const placeOf = (id: string, field: Field): SecretPlace => ({ collection: 'installation', id, field })

export function sealAccess(secretBox: SecretBox, id: string, access: Access, field: Field = 'sealedAccess') {
  return secretBox.seal(JSON.stringify(access), placeOf(id, field))
}

/** null where there is none. @throws AppError SECRET_UNREADABLE */
export function openAccess(
  secretBox: SecretBox,
  row: Pick<Row<'installation'>, 'id' | Field>,
  field: Field = 'sealedAccess',
): Access | null {
  const sealed = row[field]
  return sealed === null ? null : JSON.parse(secretBox.open(sealed, placeOf(row.id, field)))
}

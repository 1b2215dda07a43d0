import { AppError } from '../errors.ts'
import { descending, present } from '../ports/conditions.ts'
import type { SecretBox, SecretPlace } from '../ports/secret-box.ts'
import type { Store } from '../ports/store.ts'
import { eachSealedField } from './sealed-fields.ts'

/** The note by which a wrong key is known: any process can open it that has the keys of the store. */
const NOTE = 'encryption_check'
const PLACE: SecretPlace = { collection: 'notes', id: NOTE, field: 'value' }
const PLAIN = 'streakline'
/** How many secrets of a kind are looked at in a store without the note. */
const LOOKED_AT = 20

/**
 * Refuses keys that cannot open what the store holds, and notes a check in a store that has none yet.
 * @throws AppError SECRET_UNREADABLE
 */
export async function agreeOnKey(store: Store, secretBox: SecretBox): Promise<void> {
  const before = await store.note(NOTE)
  if (before === null) await refuseStranger(store, secretBox)
  refuseWrong(secretBox, before ?? (await store.writeNote(NOTE, null, secretBox.seal(PLAIN, PLACE))))
}

/** For a process that runs: the keys may have been exchanged under it. @throws AppError SECRET_UNREADABLE */
export async function checkKey(store: Store, secretBox: SecretBox): Promise<void> {
  refuseWrong(secretBox, await store.note(NOTE))
}

/** From now on the first key opens the store, whatever did before. */
export async function sealCheck(store: Store, secretBox: SecretBox): Promise<void> {
  const before = await store.note(NOTE)
  if (before !== null && secretBox.isCurrent(before)) return
  await store.writeNote(NOTE, before, secretBox.seal(PLAIN, PLACE))
}

function refuseWrong(secretBox: SecretBox, noted: string | null): void {
  if (noted === null) return
  try {
    secretBox.open(noted, PLACE)
  } catch (error) {
    throw doesNotFit(error)
  }
}

/** A store of before there was a check: its newest secrets tell. One of them that opens is enough. */
async function refuseStranger(store: Store, secretBox: SecretBox): Promise<void> {
  let refused: unknown
  for (const { collection, field } of eachSealedField()) {
    const sort = descending('createdAt')
    const rows = await store.find(collection, { where: present(field), sort, limit: LOOKED_AT })
    for (const row of rows as unknown as readonly Readonly<Record<string, string>>[]) {
      try {
        secretBox.open(row[field]!, { collection, id: row.id!, field } as SecretPlace)
        return
      } catch (error) {
        refused = error
      }
    }
  }
  if (refused !== undefined) throw doesNotFit(refused)
}

function doesNotFit(cause: unknown): AppError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new AppError(
    'SECRET_UNREADABLE',
    `STREAKLINE_ENCRYPTION_KEY does not fit this store (${why}): put the key back that it was sealed with, or see "Keys" in docs/operations.md.`,
    { cause },
  )
}

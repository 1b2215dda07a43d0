import type { CollectionName, FieldName } from './schema.ts'

/** Fields that hold sealed texts are told by their names; `streakline reseal` finds them by it. */
export type SealedField<C extends CollectionName> = Extract<FieldName<C>, `sealed${string}`>

/** Where a sealed text stands. One that is carried to another row or field cannot be opened there. */
export type SecretPlace =
  | {
      [C in CollectionName]: {
        readonly collection: C
        readonly id: string
        readonly field: SealedField<C>
      }
    }[CollectionName]
  | { readonly collection: 'notes'; readonly id: string; readonly field: 'value' }

/** Keeps credentials unreadable in a stolen dump of the store. Sealed texts name the key they were sealed with. */
export interface SecretBox {
  /** Encrypts for this place; the same text gives another result each time. */
  seal(plain: string, place: SecretPlace): string
  /**
   * @throws AppError SECRET_UNREADABLE when the text was sealed with a key this box does not have, was altered, or
   * stands in another place than it was sealed for
   */
  open(sealed: string, place: SecretPlace): string
  /** Whether the text is as `seal` would make it now: under the first key, and bound to its place. */
  isCurrent(sealed: string): boolean
}

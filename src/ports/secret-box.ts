/** Keeps credentials unreadable in a stolen dump of the store. Sealed texts name the key they were sealed with. */
export interface SecretBox {
  /** Encrypts; the same text gives another result each time. */
  seal(plain: string): string
  /** @throws AppError SECRET_UNREADABLE when the text was sealed with a key this box does not have, or was altered */
  open(sealed: string): string
}

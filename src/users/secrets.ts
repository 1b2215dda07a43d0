import { createHash, randomBytes } from 'node:crypto'

/** 256 bits that open something once shown; only their hash is stored. */
export function drawToken(): { readonly token: string; readonly hash: string } {
  const token = randomBytes(32).toString('base64url')
  return { token, hash: hashOf(token) }
}

/** What is stored of a token: it cannot be guessed, so a plain hash keeps it. */
export function hashOf(token: string): string {
  return createHash('sha256').update(token, 'utf8').digest('base64url')
}

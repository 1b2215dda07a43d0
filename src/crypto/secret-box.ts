import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { AppError } from '../errors.ts'
import type { SecretBox, SecretPlace } from '../ports/secret-box.ts'

const ALGORITHM = 'aes-256-gcm'
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** Of before texts were bound to their place: still opened, and sealed anew by `streakline reseal`. */
const UNBOUND = 'v1'
const BOUND = 'v2'
const SEALED = /^(v1|v2)\.([0-9a-f]{12})\.([A-Za-z0-9_-]+)$/
const BASE64_KEY = /^(?:[A-Za-z0-9+/]{43}=?|[A-Za-z0-9_-]{43}=?)$/

interface Key {
  /** Tells which key sealed a text, without telling anything of the key. */
  readonly id: string
  readonly bytes: Buffer
}

/**
 * Seals with AES-256-GCM into `v2.{key id}.{base64url of nonce, ciphertext, tag}`, with the place as associated data.
 * The first key seals, all of them open: to rotate, put the new key in front and drop the old one when nothing sealed
 * with it is left.
 * @param keys base64 of 32 bytes each (`openssl rand -base64 32`), newest first
 * @throws Error naming the position of a malformed key, never the key
 */
export function createSecretBox(keys: readonly string[]): SecretBox {
  const parsed = keys.map((text, index) => parseKey(text, `${index + 1} of ${keys.length}`))
  const newest = parsed[0]
  if (newest === undefined) throw new Error('no encryption key given: at least one is needed')
  const byId = new Map(parsed.map((key) => [key.id, key]))
  return {
    seal: (plain, place) => seal(newest, plain, place),
    open: (sealed, place) => open(byId, sealed, place),
    isCurrent: (sealed) => sealed.startsWith(`${BOUND}.${newest.id}.`),
  }
}

function parseKey(text: string, position: string): Key {
  const trimmed = text.trim()
  const bytes = BASE64_KEY.test(trimmed) ? Buffer.from(trimmed, 'base64') : null
  if (bytes?.length !== KEY_BYTES) {
    throw new Error(
      `encryption key ${position} is not base64 of ${KEY_BYTES} bytes (44 characters); make one with: openssl rand -base64 ${KEY_BYTES}`,
    )
  }
  return {
    id: createHash('sha256').update('streakline key id').update(bytes).digest('hex').slice(0, 12),
    bytes,
  }
}

/** Unambiguous, whatever the names hold. */
function associatedData(version: string, keyId: string, { collection, id, field }: SecretPlace): Buffer {
  const header = `${version}.${keyId}`
  return Buffer.from(version === UNBOUND ? header : JSON.stringify([header, collection, id, field]))
}

function seal(key: Key, plain: string, place: SecretPlace): string {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(ALGORITHM, key.bytes, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(associatedData(BOUND, key.id, place))
  const ciphertext = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
  const payload = Buffer.concat([nonce, ciphertext, cipher.getAuthTag()]).toString('base64url')
  return `${BOUND}.${key.id}.${payload}`
}

function open(keys: ReadonlyMap<string, Key>, sealed: string, place: SecretPlace): string {
  const [, version = '', keyId = '', payload = ''] = SEALED.exec(sealed) ?? []
  const bytes = Buffer.from(payload, 'base64url')
  if (bytes.length < NONCE_BYTES + TAG_BYTES)
    throw unreadable('sealed text is malformed: v2.{key id}.{data} expected')
  const key = keys.get(keyId)
  if (key === undefined) {
    throw unreadable(`sealed with key ${keyId}, which is not among the ${keys.size} encryption keys given`)
  }
  const decipher = createDecipheriv(ALGORITHM, key.bytes, bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  })
  decipher.setAAD(associatedData(version, keyId, place))
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
  try {
    return (
      decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
    )
  } catch {
    throw unreadable(
      `sealed text was altered, carried here from another row, or sealed with another key that has the id ${keyId}`,
    )
  }
}

function unreadable(message: string): AppError {
  return new AppError('SECRET_UNREADABLE', message)
}

import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'

/** What scrypt is given: 64 MiB and some 100 ms on a small server (OWASP's advice of 2^16, 8, 1 and above 2^15). */
const COST = { N: 2 ** 16, r: 8, p: 1 } as const
const SALT_BYTES = 16
const KEY_BYTES = 32

export const MIN_PASSWORD_CHARACTERS = 12
export const MAX_PASSWORD_CHARACTERS = 256

/** `scrypt$N$r$p$salt$key`, so that an older one is still read when the cost is raised. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  const key = await derive(password, salt, COST)
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), key.toString('base64url')].join('$')
}

/**
 * Whether it is the password of this hash. Takes as long where there is none (null) or none that can be read, so that
 * nobody learns from the time who is known here.
 */
export async function isPassword(password: string, hash: string | null): Promise<boolean> {
  const [kind, n, r, p, salt, expected] = (hash ?? '').split('$')
  const isReadable = kind === 'scrypt' && salt !== undefined && expected !== undefined
  const cost = isReadable ? { N: Number(n), r: Number(r), p: Number(p) } : COST
  const key = await derive(
    password,
    isReadable ? Buffer.from(salt, 'base64url') : randomBytes(SALT_BYTES),
    cost,
  )
  const wanted = isReadable ? Buffer.from(expected, 'base64url') : randomBytes(KEY_BYTES)
  return timingSafeEqual(key, wanted) && isReadable
}

function derive(password: string, salt: Buffer, cost: Pick<ScryptOptions, 'N' | 'r' | 'p'>): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  // the same text typed on another keyboard is the same password
  const text = password.normalize('NFKC')
  const maxmem = 256 * (cost.N ?? 1) * (cost.r ?? 1)
  scrypt(text, salt, KEY_BYTES, { ...cost, maxmem }, (error, key) => (error ? reject(error) : resolve(key)))
  return promise
}

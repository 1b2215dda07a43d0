import { randomFillSync } from 'node:crypto'

const POOL_BYTES = 4_096

/**
 * Random bytes fit for secrets, each handed out once. Asking the system costs ten times what few bytes do, so they are
 * fetched ahead.
 * @param fill puts random bytes fit for secrets in the place of these
 * @returns hands out `n` bytes, at most 4,096
 */
export function createRandomPool(
  fill: (bytes: Uint8Array) => unknown = randomFillSync,
): (n: number) => Uint8Array {
  let pool = new Uint8Array(0)
  let used = 0
  return (n) => {
    if (used + n > pool.length) {
      // what was handed out stays as it is
      pool = new Uint8Array(POOL_BYTES)
      fill(pool)
      used = 0
    }
    used += n
    return pool.subarray(used - n, used)
  }
}

import { v7 } from 'uuid'
import { createRandomPool } from './random-pool.ts'

const RANDOM_BYTES = 16
const MAX_SEQUENCE = 2 ** 32

/**
 * UUIDs v7 (RFC 9562): 48 bits of the time in ms, a counter of 32 bits (method 1 of section 6.2, started anew at a
 * random place below 2^31 each ms), 42 random bits. Ids of one source ascend, also when the clock is set back.
 * @param fill puts random bytes fit for secrets in the place of these
 */
export function createIdSource(now: () => number, fill?: (bytes: Uint8Array) => unknown): () => string {
  const draw = createRandomPool(fill)
  let msecs = Number.NEGATIVE_INFINITY
  let sequence = 0

  return () => {
    const random = draw(RANDOM_BYTES)
    const time = now()
    sequence += 1
    if (time > msecs) {
      msecs = time
      sequence = firstSequence(random)
    } else if (sequence === MAX_SEQUENCE) {
      msecs += 1
      sequence = firstSequence(random)
    }
    return v7({ random, msecs, seq: sequence })
  }
}

/** From bytes that are not part of the id itself. */
function firstSequence(random: Uint8Array): number {
  return ((random[0]! & 0x7f) << 24) | (random[1]! << 16) | (random[2]! << 8) | random[3]!
}

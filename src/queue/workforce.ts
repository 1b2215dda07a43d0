import { randomUUID } from 'node:crypto'
import type { Standing, Workforce } from '../ports/queue.ts'
import { DEFAULT_PREFIX } from './names.ts'
import type { RedisLink } from './redis-link.ts'
import { repeat } from './repeat.ts'
import { within } from './within.ts'

const BEAT_MS = 2_000
const BEAT_TIMEOUT_MS = 2_000
/** A process that was not heard of for so long is taken to have ended, and all that it had asked with it. */
const LIVES_MS = 13_000

/**
 * By Redis' own clock: forgets whoever was silent for too long, notes this process, and answers whether it was there
 * already, and who all there is.
 */
const BEAT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local known = redis.call('ZSCORE', KEYS[1], ARGV[1])
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return { known and 1 or 0, redis.call('ZRANGE', KEYS[1], 0, -1) }
`

export interface WorkforceOptions {
  readonly link: RedisLink
  readonly prefix?: string | undefined
  readonly beatMs?: number
  readonly livesMs?: number
}

export interface LiveWorkforce extends Workforce {
  /** Leaves: the others share out the work anew with their next beat. */
  close(): Promise<void>
}

/**
 * Which worker processes there are, told by beats in Redis. A process that joins others waits until all that they
 * had asked before they knew of it must have ended. Where Redis lost everything, nobody trusts what it says before
 * everybody had the time to be heard again; till then the last view holds, and so it does while Redis is away.
 */
export function joinWorkforce(options: WorkforceOptions): LiveWorkforce {
  const { link, prefix = DEFAULT_PREFIX, beatMs = BEAT_MS, livesMs = LIVES_MS } = options
  const key = `{${prefix}-workers}`
  const id = randomUUID()
  let standing: Standing | null = null
  let hasBeaten = false
  let trustedFrom = 0

  async function beat(): Promise<void> {
    if (!(await link.ready(BEAT_TIMEOUT_MS))) return
    const asked = link.client.eval(BEAT, 1, key, id, livesMs)
    const [known, ids] = (await within(BEAT_TIMEOUT_MS, asked)) as [number, string[]]
    const isAlone = ids.length === 1
    // new among others, or forgotten: the others do not reckon with this process yet
    if (known === 0 && (hasBeaten || !isAlone)) trustedFrom = performance.now() + livesMs
    hasBeaten = true
    const seen = { place: ids.toSorted().indexOf(id), size: ids.length }
    if (performance.now() >= trustedFrom) standing = seen
    // of more workers each has less: that holds at once
    else if (standing !== null && seen.size > standing.size) standing = seen
  }

  const beating = repeat(beatMs, beat, () => {})
  return {
    standing: () => standing,
    async close() {
      await beating.stop()
      standing = null
      if (link.client.status === 'ready')
        await within(BEAT_TIMEOUT_MS, link.client.zrem(key, id)).catch(() => {})
    },
  }
}

import { setTimeout as after } from 'node:timers/promises'
import type { Pace } from '../ports/pace.ts'
import { DEFAULT_PREFIX } from './names.ts'
import type { RedisLink } from './redis-link.ts'
import { within } from './within.ts'

const ASK_MS = 200
/** Nobody stands in line for longer: what says so was written before Redis' clock was set back. */
const LONGEST_LINE_MS = 60_000

/**
 * By Redis' own clock: takes the next turn, and answers in microseconds how far away it is. The key lives until the turn
 * after it.
 */
const TAKE = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local turn = tonumber(redis.call('GET', KEYS[1]) or '0')
if turn < now or turn - now > ARGV[2] * 1000 then turn = now end
local free = turn + ARGV[1] * 1000
redis.call('SET', KEYS[1], string.format('%.0f', free), 'PX', math.ceil((free - now) / 1000) + 1000)
return math.ceil(turn - now)
`

export interface SharedPaceOptions {
  readonly link: RedisLink
  /** What this process keeps to while Redis does not answer. */
  readonly own: Pace
  readonly prefix?: string | undefined
}

/** The pace of all processes on one Redis. Nothing rests on it: see `Pace`. */
export function createSharedPace({ link, own, prefix = DEFAULT_PREFIX }: SharedPaceOptions): Pace {
  async function take(key: string, apartMs: number): Promise<number | null> {
    try {
      if (!(await link.ready(ASK_MS))) return null
      const asked = link.client.eval(TAKE, 1, `${prefix}-pace-${key}`, apartMs, LONGEST_LINE_MS)
      return Number(await within(ASK_MS, asked)) / 1_000
    } catch {
      return null
    }
  }

  return async (key, apartMs, signal) => {
    const waitMs = await take(key, apartMs)
    if (waitMs === null) return own(key, apartMs, signal)
    // whoever waits looks at the signal itself
    if (waitMs > 0) await after(waitMs, undefined, signal === undefined ? {} : { signal }).catch(() => {})
  }
}

import { z } from 'zod'
import type { Asked } from './server.ts'

/**
 * How requests are made to go wrong. `reset` cuts the connection, `timeout` never answers, `error` answers with a
 * status, `not_json` with a page; each before anything happened, or after it did (`…_after_effect`). `throttle` is the
 * platform's own refusal of too many requests, `slow` the right answer, late.
 */
const KINDS = [
  'reset',
  'reset_after_effect',
  'timeout',
  'timeout_after_effect',
  'error',
  'error_after_effect',
  'not_json',
  'not_json_after_effect',
  'throttle',
  'slow',
] as const

export const faultShape = z.strictObject({
  kind: z.enum(KINDS),
  /** How many requests it hits. */
  times: z.int().min(1).max(10_000).default(1),
  /** How many fitting requests pass before. */
  after: z.int().min(0).max(10_000).default(0),
  /** Of `error` (503 where absent) and `not_json` (200). */
  status: z.int().min(200).max(599).optional(),
  /** Of `error`. */
  body: z.unknown().optional(),
  headers: z.record(z.string(), z.string()).default({}),
  /** Of `slow`. */
  ms: z.int().min(0).max(600_000).default(1_000),
  /** Which requests: parts of the path with its query, and of the body. */
  method: z.string().optional(),
  path: z.string().default(''),
  contains: z.string().default(''),
})

export type Fault = z.infer<typeof faultShape>

export interface Faults {
  add(fault: Fault): void
  clear(): void
  /** What is still to come. */
  list(): readonly Fault[]
  /** The fault that this request meets, which then has one less to come. */
  next(asked: Asked): Fault | null
}

export function createFaults(): Faults {
  let waiting: Fault[] = []
  return {
    add(fault) {
      waiting.push(fault)
    },
    clear() {
      waiting = []
    },
    list: () => waiting,
    next(asked) {
      const fault = waiting.find((one) => fits(one, asked))
      if (fault === undefined) return null
      if (fault.after > 0) {
        fault.after -= 1
        return null
      }
      fault.times -= 1
      waiting = waiting.filter(({ times }) => times > 0)
      return fault
    },
  }
}

function fits({ method, path, contains }: Fault, asked: Asked): boolean {
  if (method !== undefined && method !== asked.method) return false
  const query = asked.query.toString()
  const address = query === '' ? asked.path : `${asked.path}?${query}`
  return address.includes(path) && (contains === '' || asked.body.includes(contains))
}

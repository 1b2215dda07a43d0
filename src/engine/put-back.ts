import { FEW } from '../commit/batcher.ts'
import type { Shifts } from '../commit/shifts.ts'
import type { RecordRequest } from './types.ts'

/** How often a log waits for another shift because it met somebody; then it is fought for. */
const MAX_TIMES = 3

/** Who writes for the same member, as far as the request itself says it. */
export function writerKeyOf({ accountId, member }: RecordRequest): string {
  return `${accountId} ${'id' in member ? member.id : member.externalId}`
}

/**
 * Logs of a batch that met another writer and whose shift is over: tried again at once they would meet the next in
 * line, who has it now, so they wait for another shift of theirs. Few are not parted, and fight as ever.
 */
export class PutBack {
  readonly #shifts: Shifts | undefined
  readonly #times = new WeakMap<RecordRequest, number>()

  constructor(shifts: Shifts | undefined) {
    this.#shifts = shifts
  }

  /** Whether one of these was tried before: somebody else may have recorded it meanwhile. */
  has(requests: readonly RecordRequest[]): boolean {
    return requests.some((request) => this.#times.has(request))
  }

  /** Whether these, which met another writer, wait for another shift. */
  takes(requests: readonly RecordRequest[]): boolean {
    const shifts = this.#shifts
    if (shifts === undefined || requests.length <= FEW) return false
    if (requests.every((request) => shifts(writerKeyOf(request), 0) === 0)) return false
    const times = 1 + Math.max(...requests.map((request) => this.#times.get(request) ?? 0))
    if (times > MAX_TIMES) return false
    for (const request of requests) this.#times.set(request, times)
    return true
  }
}

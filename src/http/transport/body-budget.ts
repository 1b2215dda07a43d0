import { AppError } from '../../errors.ts'

/** A quarter: so no sender alone keeps the others out. */
const SHARE_OF_ONE = 1 / 4
/** Most webhooks are smaller: somebody who fills the share of a connector does not keep these out. */
const SMALL_BYTES = 64 * 1024
const RETRY_AFTER_MS = 1000

/** What one request holds of the budget. */
export interface HeldBytes {
  /** @throws AppError OVERLOADED when that is more than there is, for all or for this sender */
  grow(bytes: number): void
  /** Idempotent. */
  release(): void
}

/**
 * How many bytes of bodies the process holds at once, of all requests together and of each sender. Bytes count as they
 * arrive, not as they are announced: whoever announces much and sends nothing keeps nobody out.
 */
export class BodyBudget {
  readonly #maxBytes: number
  readonly #maxOfOne: number
  readonly #smallBytes: number
  #bytes = 0
  readonly #bySender = new Map<string, number>()

  /**
   * @param largest bytes of a body that must fit in any case
   * @param smallBytes of a body count for all, but not against the share of its sender
   */
  constructor(maxBytes: number, largest: number, smallBytes = SMALL_BYTES) {
    this.#smallBytes = smallBytes
    this.#maxBytes = maxBytes
    this.#maxOfOne = Math.max(largest, Math.floor(maxBytes * SHARE_OF_ONE))
  }

  hold(sender: string): HeldBytes {
    let held = 0
    let isReleased = false
    return {
      grow: (bytes) => {
        if (isReleased) return
        const ofSender = (this.#bySender.get(sender) ?? 0) + bytes
        const isSmall = held + bytes <= this.#smallBytes
        if (!isSmall && ofSender > this.#maxOfOne) throw overloaded('from one sender', this.#maxOfOne)
        if (this.#bytes + bytes > this.#maxBytes) throw overloaded('together', this.#maxBytes)
        held += bytes
        this.#bytes += bytes
        this.#bySender.set(sender, ofSender)
      },
      release: () => {
        if (isReleased) return
        isReleased = true
        this.#bytes -= held
        const left = (this.#bySender.get(sender) ?? 0) - held
        if (left > 0) this.#bySender.set(sender, left)
        else this.#bySender.delete(sender)
      },
    }
  }
}

function overloaded(whose: string, maxBytes: number): AppError {
  const message = `The bodies in hand ${whose} are more than ${maxBytes} bytes; send this one again later`
  return new AppError('OVERLOADED', message, { retryAfterMs: RETRY_AFTER_MS })
}

import type { ErrorCode } from '../../../errors.ts'
import type { Verb } from '../../resource.ts'

/** A call of a story that the API document shows, as it was made and as it was answered. */
export interface PlayedCall {
  readonly slug: string
  readonly verb: Verb
  /** Of the example. */
  readonly name: string
  readonly summary: string
  readonly body: object
  readonly answer: object
}

/** What the stories gave: calls in the order in which they are shown, and the answer of each code that was met. */
export interface Examples {
  readonly calls: readonly PlayedCall[]
  readonly refusals: Readonly<Partial<Record<ErrorCode, object>>>
}

/**
 * One call of a story. The examples of the API document are taken from such calls, and a test plays the stories: what
 * is printed is what the program answers, but for the ids.
 */
export interface Step {
  /** The time of the call. */
  readonly at: string
  readonly method: 'POST' | 'PATCH' | 'GET'
  readonly path: string
  readonly body?: Readonly<Record<string, unknown>>
  readonly status: number
  /** Shown in the API document; other steps only lead there. */
  readonly example?: { readonly name: string; readonly summary: string }
  readonly answer?: Readonly<Record<string, unknown>>
}

/** What somebody did to the queues, as Bull Board names it. */
export interface QueueAct {
  /** `pause`, `retry`, `remove` … */
  readonly action: string
  /** null: all of them at once. */
  readonly queue: string | null
}

/** What the session of a browser is good for at the queue pages. */
export type QueueVisit =
  /** Nobody is signed in. */
  | { readonly kind: 'nobody' }
  /** Somebody is, and these pages are not for them. `message`: why, sentences of our own, without a character of HTML. */
  | { readonly kind: 'refused'; readonly message: string }
  /** `note` writes down what was done; it never throws. */
  | { readonly kind: 'let in'; readonly note: (act: QueueAct) => Promise<void> }

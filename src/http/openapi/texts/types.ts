import type { Verb } from '../../resource.ts'

/** What the API document says of a resource. Markdown. */
export interface ResourceText {
  readonly about: string
  /** What a verb does beyond what its name says. */
  readonly verbs?: Readonly<Partial<Record<Verb, string>>>
  /** What its actions do. */
  readonly actions?: Readonly<Record<string, string>>
  /** By the field's path: `rules.currency` is inside each of the `rules`. */
  readonly fields: Readonly<Record<string, string>>
}

import type { RESOURCES, Resources } from '../../../client/schema.ts'
import type { ErrorCode } from '../../../errors.ts'

/** What the API takes and answers, by slug. */
type BySlug = { [K in keyof Resources as (typeof RESOURCES)[K]['slug']]: Resources[K] }
export type Slug = keyof BySlug

/** Under which name, and with which words, a call is shown in the API document. */
export interface Shown {
  readonly name: string
  readonly summary: string
}

/** Makes the calls of a story. Those that are not shown only lead to the others. */
export interface Teller {
  /** The time of the calls from here on. */
  at(instant: string): void
  create<S extends Slug>(slug: S, body: BySlug[S]['create'], shown?: Shown): Promise<BySlug[S]['created']>
  patch<S extends Slug>(
    slug: S,
    id: string,
    body: BySlug[S]['patch'],
    shown?: Shown,
  ): Promise<BySlug[S]['record']>
  /** A call that is refused, as it happens most: the document shows the answer wherever it tells of the code. */
  refused(code: ErrorCode, method: 'GET' | 'POST', path: string, body?: object): Promise<void>
}

/** What a backend does, in an account of its own. */
export type Story = (teller: Teller) => Promise<void>

import type { Failure } from '../api/failure.ts'
import { type Children, html } from '../html.ts'
import type { Loaded } from '../load.ts'

/** Says what went wrong in the server's words, and by which number whoever runs it finds it in the logs. */
export function Wrong({
  failure,
  retry,
}: {
  readonly failure: Failure
  readonly retry?: (() => void) | undefined
}) {
  return html`<div class="wrong" role="alert">
    <p>${failure.isOffline ? 'No connection. ' : ''}${failure.message}</p>
    ${failure.requestId !== null && html`<p class="small">Request ${failure.requestId}, ${failure.code}</p>`}
    ${retry !== undefined && html`<button type="button" onClick=${retry}>Try again</button>`}
  </div>`
}

export function Loading({
  isSlow = false,
  what = 'Loading',
}: {
  readonly isSlow?: boolean
  readonly what?: string
}) {
  return html`<p class="loading" role="status">${isSlow ? `${what}: this takes longer than usual, still waiting …` : `${what} …`}</p>`
}

export function Empty({ title, children }: { readonly title: string; readonly children?: Children }) {
  return html`<div class="empty"><p class="empty-title">${title}</p>${children}</div>`
}

/** What was asked for, once it is there; what is there stays while it is asked for again. */
export function Shown<T>({
  of,
  what,
  children,
}: {
  readonly of: Loaded<T>
  readonly what?: string
  readonly children: (data: T) => Children
}) {
  const { data, failure, isSlow, reload } = of
  if (data === null && failure === null) return html`<${Loading} isSlow=${isSlow} what=${what} />`
  return html`${failure !== null && html`<${Wrong} failure=${failure} retry=${reload} />`}${data !== null && children(data)}`
}

export type Tone = 'good' | 'waiting' | 'bad' | 'plain'

/** A state in a word; the colour only repeats it. */
export function Badge({ tone = 'plain', children }: { readonly tone?: Tone; readonly children: Children }) {
  return html`<span class=${`badge badge-${tone}`}>${children}</span>`
}

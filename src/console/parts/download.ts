import { request } from '../api/request.ts'
import { type Children, html } from '../html.ts'
import { useDoing } from '../load.ts'
import { root } from '../place.ts'
import { Wrong } from './states.ts'

export interface DownloadProps {
  /** Of the API: `/schema/account_user/record/…/export`. */
  readonly path: string
  /** How the file is called. */
  readonly name: string
  readonly children: Children
  readonly class?: string
}

/**
 * A link to a file of the API. Browsers would keep a refusal as the file: whether somebody is still signed in is asked
 * first, so that a session which has ended is begun anew.
 */
export function Download({ path, name, children, class: look }: DownloadProps) {
  const href = `${root}${path}`
  const doing = useDoing(async () => {
    await request('GET', '/console/session')
    const link = document.createElement('a')
    link.href = href
    link.download = name
    link.click()
  })
  const begin = (event: MouseEvent) => {
    event.preventDefault()
    void doing.run()
  }
  return html`<a class=${look} href=${href} download=${name} onClick=${begin}>${children}</a>
    ${doing.failure !== null && html`<${Wrong} failure=${doing.failure} />`}`
}

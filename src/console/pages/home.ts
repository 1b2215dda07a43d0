import { html } from '../html.ts'
import { Title } from '../parts/title.ts'

export function HomePage() {
  return html`<${Title}>Home</${Title}>`
}

import type { Connector } from '../../../client/schema.ts'
import { html } from '../../html.ts'
import { Badge } from '../../parts/states.ts'
import { root } from '../../place.ts'
import { stateOf } from './words.ts'

/** How a connector stands with its platform, and what it lacks. */
export function Standing({ connector }: { readonly connector: Connector }) {
  const { installation } = connector
  const [tone, words] = stateOf(connector)
  const address = connector.webhookUrl ?? `${location.origin}${root}${connector.webhookPath}`
  return html`
    <p><${Badge} tone=${tone}>${words}</${Badge}></p>
    ${installation.problem !== null && html`<p class="note">${installation.problem.message} <span class="small">${installation.problem.code}</span></p>`}
    ${
      installation.missingScopes.length > 0 &&
      html`<p class="note">The platform does not grant: <code>${installation.missingScopes.join(', ')}</code>. What needs it is left out until it does.</p>`
    }
    ${
      installation.method === 'manual' &&
      html`<p>The platform must send its webhooks to <code>${address}</code></p>`
    }
  `
}

import { useState } from 'preact/hooks'
import type { Connector } from '../../../client/schema.ts'
import { readConnectors } from '../../api/setup.ts'
import { html } from '../../html.ts'
import { useLoad } from '../../load.ts'
import { ChoiceField } from '../../parts/fields.ts'
import { Shown } from '../../parts/states.ts'
import { Title } from '../../parts/title.ts'
import { Link } from '../../router.ts'
import { mayChange, useSession } from '../../session.ts'
import { InstallForm } from '../connectors/install-form.ts'
import { Standing } from '../connectors/standing.ts'
import { PLATFORMS, type Platform } from '../connectors/words.ts'
import { Steps } from './steps.ts'

const CHOICES = [
  { value: 'shopify', label: 'Shopify' },
  { value: 'stripe', label: 'Stripe', hint: 'The payments of a Stripe account count as purchases.' },
  { value: 'woocommerce', label: 'WooCommerce' },
] as const

export function BeginConnect() {
  const { user } = useSession()
  const [platform, setPlatform] = useState<Platform>('shopify')
  const [made, setMade] = useState<Connector | null>(null)
  const [wantsAnother, setWantsAnother] = useState(false)
  const connectors = useLoad(readConnectors, [])
  const show = (data: readonly Connector[]) => {
    const ready =
      made === null
        ? data.filter(
            ({ installation }) => installation.state !== 'uninstalled' && installation.state !== 'none',
          )
        : [made]
    if (ready.length > 0 && !wantsAnother)
      return html`<${Ready} connectors=${ready} another=${() => setWantsAnother(true)} />`
    const begun = data.find(
      (connector) => connector.platform === platform && connector.installation.state === 'none',
    )
    const done = (connector: Connector) => {
      setMade(connector)
      setWantsAnother(false)
    }
    return html`<p>Orders come from your shop by themselves once it is connected. Nothing is changed in the shop but the webhooks that Streakline adds for itself.</p>
      <${ChoiceField} legend="Where are purchases made?" value=${platform} set=${setPlatform} options=${CHOICES} />
      <${InstallForm} key=${platform} platform=${platform} connector=${begun} done=${done} />
      <p><${Link} to="/begin/streak">Connect later</${Link}></p>`
  }
  return html`<${Title}>Connect your shop</${Title}><${Steps} now="connect" />
    ${mayChange(user) ? html`<${Shown} of=${connectors} what="Your shops">${show}</${Shown}>` : html`<p>Your role reads. Ask an owner to connect a shop.</p>`}`
}

interface ReadyProps {
  readonly connectors: readonly Connector[]
  readonly another: () => void
}

function Ready({ connectors, another }: ReadyProps) {
  return html`${connectors.map(
    (connector) => html`<section class="card" key=${connector.id}><h2><bdi>${connector.name}</bdi></h2>
      <p class="small">${PLATFORMS[connector.platform]}</p><${Standing} connector=${connector} /></section>`,
  )}
  <div class="actions">
    <${Link} to="/begin/streak" class="button primary">Go on</${Link}>
    <button type="button" onClick=${another}>Connect another</button>
  </div>`
}

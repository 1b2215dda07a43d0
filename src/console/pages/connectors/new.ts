import { useState } from 'preact/hooks'
import type { Connector } from '../../../client/schema.ts'
import { html } from '../../html.ts'
import { ChoiceField } from '../../parts/fields.ts'
import { Title } from '../../parts/title.ts'
import { navigate } from '../../router.ts'
import { mayChange, useSession } from '../../session.ts'
import { InstallForm } from './install-form.ts'
import { PLATFORMS, type Platform } from './words.ts'

export function NewConnectorPage() {
  const { user } = useSession()
  const [platform, setPlatform] = useState<Platform>('shopify')
  const options = Object.entries(PLATFORMS).map(([value, label]) => ({ value, label }))
  if (!mayChange(user))
    return html`<${Title}>Connect a shop</${Title}><p>You may read here. Ask somebody with the role “staff” or “owner” to connect a shop.</p>`
  return html`<${Title}>Connect a shop</${Title}>
    <${ChoiceField} legend="Where are purchases made?" value=${platform} set=${setPlatform} options=${options} />
    <${InstallForm} key=${platform} platform=${platform} done=${({ id }: Connector) => navigate(`/connectors/${id}`)} />`
}

import { useState } from 'preact/hooks'
import type { Connector, CouponProvider } from '../../../client/schema.ts'
import { create, list } from '../../api/records.ts'
import { html } from '../../html.ts'
import { useLoad } from '../../load.ts'
import { ChoiceField } from '../../parts/fields.ts'
import { Shown } from '../../parts/states.ts'
import { Title } from '../../parts/title.ts'
import { Link, navigate } from '../../router.ts'
import { mayChange, useSession } from '../../session.ts'
import { ProviderForm } from './provider-form.ts'
import { KIND_HINTS, KINDS, type Kind, needsConnector } from './provider-kinds.ts'

/** Another place where coupons come from. */
export function NewProviderPage() {
  const { user } = useSession()
  const connectors = useLoad((signal) => list<Connector>('connector', { limit: 100, signal }), [])
  return html`<p><${Link} to="/coupons/providers">Where coupons come from</${Link}></p><${Title}>New provider</${Title}>
    ${
      mayChange(user)
        ? html`<${Shown} of=${connectors} what="Your shops">${({ data }: { data: readonly Connector[] }) => html`<${Choosing} connectors=${data} />`}</${Shown}>`
        : html`<p>You may read here. Ask somebody with the role “staff” or “owner” to add a provider.</p>`
    }`
}

function Choosing({ connectors }: { readonly connectors: readonly Connector[] }) {
  const [kind, setKind] = useState<Kind>('pool')
  const own = connectors.filter(({ platform }) => platform === kind)
  const options = (Object.keys(KINDS) as Kind[]).map((value) => ({
    value,
    label: KINDS[value],
    hint: KIND_HINTS[value],
  }))
  const make = async (fields: object) => {
    const { id } = await create<CouponProvider>('coupon_provider', fields)
    navigate(`/coupons/providers/${id}`)
  }
  return html`<${ChoiceField} legend="Where do the coupons come from?" value=${kind} set=${setKind} options=${options} />
    ${
      needsConnector(kind) && own.length === 0
        ? html`<p class="note">No shop of ${KINDS[kind]} is connected yet. <${Link} to="/connectors/new">Connect one</${Link}> first.</p>`
        : html`<${ProviderForm} key=${kind} kind=${kind} provider=${null} connectors=${own} make=${make} />`
    }`
}

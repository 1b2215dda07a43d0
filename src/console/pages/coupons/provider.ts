import { useState } from 'preact/hooks'
import type { Connector, CouponCode, CouponProvider } from '../../../client/schema.ts'
import { act, type Filter, list, read, remove } from '../../api/records.ts'
import { codesLeft } from '../../api/setup.ts'
import { html } from '../../html.ts'
import { useLoad } from '../../load.ts'
import type { PageProps } from '../../pages.ts'
import { AskedButton, DoButton } from '../../parts/confirm.ts'
import { Badge, Empty, Shown } from '../../parts/states.ts'
import { ListTable } from '../../parts/table.ts'
import { Title } from '../../parts/title.ts'
import { Link, navigate } from '../../router.ts'
import { mayChange, useSession } from '../../session.ts'
import { counted, dateTime } from '../../words/format.ts'
import { ProviderForm } from './provider-form.ts'
import { KINDS, lacksOf } from './provider-kinds.ts'
import { Health } from './providers.ts'
import { UploadCodes } from './upload-codes.ts'

/** One provider: how it fares, and of a pool its codes. */
export function ProviderPage({ params }: PageProps) {
  const { user } = useSession()
  const [turn, setTurn] = useState(0)
  const given = useLoad(() => read<CouponProvider>('coupon_provider', params.id ?? ''), [params.id, turn])
  const again = () => setTurn((count) => count + 1)
  const show = (
    provider: CouponProvider,
  ) => html`<p>${KINDS[provider.provider]}. <${Health} provider=${provider} /></p>
    ${provider.connectorId !== null && html`<${Shop} provider=${provider} id=${provider.connectorId} />`}
    ${mayChange(user) && provider.health.state === 'paused' && html`<div class="actions"><${Resume} provider=${provider} again=${again} /></div>`}
    ${provider.provider === 'pool' && html`<${Codes} provider=${provider} turn=${turn} again=${again} />`}
    ${mayChange(user) && html`<${Values} provider=${provider} again=${again} />`}`
  return html`<p><${Link} to="/coupons/providers">Where coupons come from</${Link}></p>
    <${Title}>${given.data === null ? 'Provider' : html`<bdi>${given.data.name}</bdi>`}</${Title}>
    <${Shown} of=${given} what="The provider">${show}</${Shown}>`
}

/** With whose access coupons are made, and what that lacks. */
function Shop({ provider, id }: { readonly provider: CouponProvider; readonly id: string }) {
  const filters: Filter = { fieldSlug: 'id', operator: 'EQUALS', value: id }
  const shop = useLoad((signal) => list<Connector>('connector', { filters, signal }), [id])
  return html`<${Shown} of=${shop} what="The shop">${({ data }: { data: readonly Connector[] }) =>
    data.map(
      (
        connector,
      ) => html`<div key=${connector.id}><p>Made in <${Link} to=${`/connectors/${connector.id}`}><bdi>${connector.name}</bdi></${Link}>.</p>
        ${lacksOf(provider.provider, connector).map((lack) => html`<p class="note" key=${lack}>${lack}</p>`)}</div>`,
    )}</${Shown}>`
}

/** Its shop stands for good. */
const NO_SHOPS: readonly Connector[] = []

function Values({ provider, again }: { readonly provider: CouponProvider; readonly again: () => void }) {
  const erase = async () => {
    await remove('coupon_provider', provider.id)
    navigate('/coupons/providers')
  }
  return html`<h2>What it needs to know</h2>
    <${ProviderForm} kind=${provider.provider} provider=${provider} connectors=${NO_SHOPS} again=${again} />
    <div class="actions"><${AskedButton} label="Delete" title="Delete this provider" isDanger=${true} act=${erase} said="The provider was deleted.">
      <p>It can be deleted while no milestone names it, nothing was earned by it and it has no codes.</p></${AskedButton}></div>`
}

function Resume({ provider, again }: { readonly provider: CouponProvider; readonly again: () => void }) {
  const resume = async () => {
    await act('coupon_provider', provider.id, 'resume')
    again()
  }
  return html`<${DoButton} act=${resume} said="It is asked again.">Ask it again</${DoButton}>`
}

interface CodesProps {
  readonly provider: CouponProvider
  readonly turn: number
  readonly again: () => void
}

function Codes({ provider, turn, again }: CodesProps) {
  const { user, account } = useSession()
  const own: Filter = { fieldSlug: 'providerId', operator: 'EQUALS', value: provider.id }
  const left = useLoad(() => codesLeft(provider.id), [provider.id, turn])
  const columns = [
    { label: 'Code', show: (row: CouponCode) => html`<bdi>${row.code}</bdi>` },
    {
      label: 'State',
      show: (row: CouponCode) =>
        row.rewardLogId === null
          ? html`<${Badge}>free</${Badge}>`
          : html`<${Badge} tone="good">issued</${Badge}> <${Link} to=${`/coupons/coupon/${row.rewardLogId}`}>See the coupon</${Link}>`,
    },
    { label: 'Uploaded', show: (row: CouponCode) => dateTime(row.createdAt, account.timezone) },
    ...(mayChange(user)
      ? [
          {
            label: 'What to do',
            show: (row: CouponCode) =>
              row.rewardLogId === null && html`<${DeleteCode} code=${row} again=${again} />`,
          },
        ]
      : []),
  ]
  return html`<${Shown} of=${left} what="Free codes">${(free: number) =>
    free === 0
      ? html`<p class="note">No code is left: coupons that are earned wait until you upload more.</p>`
      : html`<p>${counted(free, 'code')} left.</p>`}</${Shown}>
    ${mayChange(user) && html`<${UploadCodes} providerId=${provider.id} again=${again} />`}
    <h2>Codes</h2>
    <p class="small">Times in ${account.timezone}.</p>
    <${ListTable} slug="coupon_code" caption="Codes" columns=${columns} keyOf=${(row: CouponCode) => row.id} filters=${own} turn=${turn}
      empty=${html`<${Empty} title="There are no codes yet" />`} />`
}

function DeleteCode({ code, again }: { readonly code: CouponCode; readonly again: () => void }) {
  const erase = async () => {
    await remove('coupon_code', code.id)
    again()
  }
  return html`<${AskedButton} label="Delete" title="Delete this code" isDanger=${true} act=${erase} said="The code was deleted."><p><bdi>${code.code}</bdi> is not given to anybody.</p></${AskedButton}>`
}

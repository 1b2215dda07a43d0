import { useState } from 'preact/hooks'
import type { CouponCode, CouponProvider } from '../../../client/schema.ts'
import { act, type Filter, read, remove } from '../../api/records.ts'
import { codesLeft } from '../../api/setup.ts'
import { html } from '../../html.ts'
import { useLoad } from '../../load.ts'
import type { PageProps } from '../../pages.ts'
import { AskedButton, DoButton } from '../../parts/confirm.ts'
import { Badge, Empty, Shown } from '../../parts/states.ts'
import { ListTable } from '../../parts/table.ts'
import { Title } from '../../parts/title.ts'
import { Link } from '../../router.ts'
import { mayChange, useSession } from '../../session.ts'
import { counted, dateTime } from '../../words/format.ts'
import { Health, KINDS } from './providers.ts'
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
    ${mayChange(user) && provider.health.state === 'paused' && html`<div class="actions"><${Resume} provider=${provider} again=${again} /></div>`}
    ${provider.provider === 'pool' && html`<${Codes} provider=${provider} turn=${turn} again=${again} />`}`
  return html`<p><${Link} to="/coupons/providers">Where coupons come from</${Link}></p>
    <${Title}>${given.data?.name ?? 'Provider'}</${Title}>
    <${Shown} of=${given} what="The provider">${show}</${Shown}>`
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

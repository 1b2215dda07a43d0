import type { Connector } from '../../../client/schema.ts'
import { html } from '../../html.ts'
import { Badge, Empty } from '../../parts/states.ts'
import { ListTable } from '../../parts/table.ts'
import { Title } from '../../parts/title.ts'
import { Link } from '../../router.ts'
import { mayChange, useSession } from '../../session.ts'
import { dateTime } from '../../words/format.ts'
import { PLATFORMS, stateOf } from './words.ts'

export function ConnectorsPage() {
  const { account, user } = useSession()
  const columns = [
    {
      label: 'Name',
      show: ({ id, name }: Connector) =>
        html`<${Link} to=${`/connectors/${id}`}><span dir="auto">${name}</span></${Link}>`,
    },
    { label: 'Platform', show: ({ platform }: Connector) => PLATFORMS[platform] },
    {
      label: 'State',
      show: (connector: Connector) => {
        const [tone, words] = stateOf(connector)
        return html`<${Badge} tone=${tone}>${words}</${Badge}>`
      },
    },
    {
      label: 'Last webhook',
      show: ({ installation: { lastWebhookAt } }: Connector) =>
        lastWebhookAt === null ? 'none yet' : dateTime(lastWebhookAt, account.timezone),
    },
  ]
  const add = mayChange(user)
    ? html`<p><${Link} to="/connectors/new" class="button primary">Connect a shop</${Link}></p>`
    : null
  return html`<${Title}>Connectors</${Title}>
    ${add}
    <${ListTable} slug="connector" caption="Connectors" columns=${columns} keyOf=${({ id }: Connector) => id}
      empty=${html`<${Empty} title="No shop is connected"><p>Orders count once a shop sends them.</p></${Empty}>`} />`
}

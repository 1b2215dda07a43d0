import type { Member, MembersFound } from '../../../client/schema.ts'
import { search } from '../../api/records.ts'
import { html } from '../../html.ts'
import { useLoad } from '../../load.ts'
import { FoundCount, SearchBox } from '../../parts/search.ts'
import { Empty, Shown } from '../../parts/states.ts'
import { ListTable, Table } from '../../parts/table.ts'
import { Title } from '../../parts/title.ts'
import { Link, usePlace } from '../../router.ts'
import { useSession } from '../../session.ts'
import { dateTime } from '../../words/format.ts'
import { personWords } from '../../words/person.ts'

/** The shoppers who have ever bought, the newest first, and the way to a single one. */
export function ShoppersPage() {
  const { account } = useSession()
  const { query } = usePlace()
  const sought = query.get('q') ?? ''
  const table = {
    caption: 'Shoppers',
    keyOf: (row: Member) => row.id,
    columns: [
      {
        label: 'Shopper',
        show: (row: Member) =>
          html`<${Link} to=${`/shoppers/${row.id}`}><bdi>${personWords(row)}</bdi></${Link}>`,
      },
      { label: 'E-mail', show: (row: Member) => html`<bdi>${row.email ?? ''}</bdi>` },
      { label: 'Number', show: (row: Member) => html`<bdi class="small">${row.externalId}</bdi>` },
      { label: 'Known since', show: (row: Member) => dateTime(row.createdAt, account.timezone) },
    ],
  }
  const none = html`<${Empty} title="Nobody has bought anything yet"><p>Shoppers appear here with their first order.</p></${Empty}>`
  return html`<${Title}>Shoppers</${Title}>
    <${SearchBox} name="Find shoppers" label="E-mail, name or number" page="/shoppers" sought=${sought} />
    <p class="small">Times in ${account.timezone}.</p>
    ${
      sought === ''
        ? html`<${ListTable} slug="account_user" ...${table} empty=${none} />`
        : html`<${Found} key=${sought} sought=${sought} table=${table} />`
    }`
}

/** By the whole address, in any case; by the name; by the number, or its beginning. */
function Found({ sought, table }: { readonly sought: string; readonly table: object }) {
  const found = useLoad((signal) => search<MembersFound>('account_user', sought, signal), [sought])
  const show = ({ members, hasMore }: MembersFound) => html`
    <${FoundCount} count=${members.length} hasMore=${hasMore} noun="shopper" />
    ${
      members.length === 0
        ? html`<${Empty} title=${`No shopper is called ${sought}, or has that e-mail or number`}><p>Type the whole e-mail address, or the beginning of the name or number.</p></${Empty}>`
        : html`<${Table} ...${table} rows=${members} />`
    }`
  return html`<${Shown} of=${found} what="Shoppers">${show}</${Shown}>`
}

import { useState } from 'preact/hooks'
import type { Member } from '../../../client/schema.ts'
import { list } from '../../api/records.ts'
import { html } from '../../html.ts'
import { useLoad } from '../../load.ts'
import { Form, TextField } from '../../parts/fields.ts'
import { Empty, Shown } from '../../parts/states.ts'
import { ListTable, Table } from '../../parts/table.ts'
import { Title } from '../../parts/title.ts'
import { Link, navigate, usePlace } from '../../router.ts'
import { useSession } from '../../session.ts'
import { dateTime } from '../../words/format.ts'
import { personWords } from '../../words/person.ts'

const MOST_FOUND = 50
/** How connectors begin the number of a customer of theirs. */
const PREFIXES = ['', 'shopify:', 'stripe:', 'woocommerce:', 'email:']

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
    <${Search} key=${sought} sought=${sought} />
    <p class="small">Times in ${account.timezone}.</p>
    ${
      sought === ''
        ? html`<${ListTable} slug="account_user" ...${table} empty=${none} />`
        : html`<${Found} sought=${sought} table=${table} />`
    }`
}

/** By the whole address, in any case; by the number, with or without what its platform puts in front, or its beginning. */
function Found({ sought, table }: { readonly sought: string; readonly table: object }) {
  const found = useLoad(
    async (signal) => {
      const ask = (fieldSlug: string, operator: string, value: unknown) =>
        list<Member>('account_user', {
          filters: { fieldSlug, operator, value },
          sortBy: [{ fieldSlug: 'externalId', order: 'ASC' }],
          limit: MOST_FOUND,
          signal,
        })
      const pages = await Promise.all([
        ask('email', 'IN', [...new Set([sought, sought.toLowerCase()])]),
        ask(
          'externalId',
          'IN',
          PREFIXES.map((prefix) => `${prefix}${sought}`),
        ),
        ask('externalId', 'STARTS_WITH', sought),
      ])
      return [...new Map(pages.flatMap(({ data }) => data).map((row) => [row.id, row])).values()]
    },
    [sought],
  )
  const show = (rows: readonly Member[]) =>
    rows.length === 0
      ? html`<${Empty} title=${`No shopper has the e-mail or number ${sought}`}><p>Type the whole e-mail address, or the beginning of the number.</p></${Empty}>`
      : html`<${Table} ...${table} rows=${rows} />`
  return html`<${Shown} of=${found} what="Shoppers">${show}</${Shown}>`
}

function Search({ sought }: { readonly sought: string }) {
  const [words, setWords] = useState(sought)
  const find = () => {
    const value = words.trim()
    navigate(value === '' ? '/shoppers' : `/shoppers?q=${encodeURIComponent(value)}`)
  }
  return html`<div role="search"><${Form} submit=${find} label="Find shoppers"><div class="search">
    <${TextField} label="E-mail or number" type="search" value=${words} set=${setWords} />
    <button type="submit" class="primary">Find</button>
  </div></${Form}></div>`
}

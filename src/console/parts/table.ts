import { useState } from 'preact/hooks'
import { type Filter, list, type Page } from '../api/records.ts'
import { type Children, html } from '../html.ts'
import { type Loaded, useLoad } from '../load.ts'
import { Shown } from './states.ts'

export interface Column<T> {
  readonly label: string
  readonly show: (row: T) => Children
  readonly isNumber?: boolean
}

export interface TableProps<T> {
  /** What the table holds; said to those who cannot see it. */
  readonly caption: string
  readonly columns: readonly Column<T>[]
  readonly rows: readonly T[]
  readonly keyOf: (row: T) => string
}

/** A table; on narrow screens each row becomes a card whose values say what they are. */
export function Table<T>({ caption, columns, rows, keyOf }: TableProps<T>) {
  return html`<table class="table" role="table">
    <caption class="hidden">${caption}</caption>
    <thead role="rowgroup"><tr role="row">${columns.map(({ label, isNumber }) => html`<th role="columnheader" scope="col" class=${isNumber === true ? 'is-number' : undefined}>${label}</th>`)}</tr></thead>
    <tbody role="rowgroup">
      ${rows.map(
        (row) => html`<tr role="row" key=${keyOf(row)}>
          ${columns.map(({ label, show, isNumber }) => html`<td role="cell" data-label=${label} class=${isNumber === true ? 'is-number' : undefined}>${show(row)}</td>`)}
        </tr>`,
      )}
    </tbody>
  </table>`
}

const PAGE_SIZE = 25

export interface ListTableProps<T> extends Omit<TableProps<T>, 'rows'> {
  readonly slug: string
  readonly filters?: Filter
  /** Newest first without it. */
  readonly sortBy?: readonly { readonly fieldSlug: string; readonly order: 'ASC' | 'DESC' }[]
  readonly empty: Children
  /** Changes when the list should be asked for again. */
  readonly turn?: number
}

interface Place {
  readonly asked: string
  readonly offset: number
}

/** How far a list of this page was turned when it was left: the browser's way back leads there. */
const placeOf = (caption: string): Place | undefined =>
  (history.state as Readonly<Record<string, Place>> | null)?.[caption]

/** A list of records, page by page. */
export function ListTable<T>({ slug, filters, sortBy, empty, turn = 0, ...table }: ListTableProps<T>) {
  const asked = JSON.stringify([slug, filters, sortBy])
  const [at, setAt] = useState(() => placeOf(table.caption) ?? { asked, offset: 0 })
  const offset = at.asked === asked ? at.offset : 0
  const go = (to: number) => {
    const place = { asked, offset: to }
    history.replaceState({ ...history.state, [table.caption]: place }, '')
    setAt(place)
  }
  const loaded = useLoad(
    (signal) =>
      list<T>(slug, {
        offset,
        limit: PAGE_SIZE,
        signal,
        ...(filters === undefined ? {} : { filters }),
        ...(sortBy === undefined ? {} : { sortBy }),
      }),
    [asked, offset, turn],
  )
  const show = ({ data, paging }: Page<T>) =>
    data.length === 0 && offset === 0
      ? empty
      : html`<${Table} ...${table} rows=${data} />
          <${Pager} caption=${table.caption} offset=${offset} shown=${data.length} hasMore=${paging.hasMore} isLoading=${loaded.isLoading} go=${go} />`
  return html`<${Shown} of=${loaded as Loaded<Page<T>>} what=${table.caption}>${show}</${Shown}>`
}

interface PagerProps {
  readonly caption: string
  readonly offset: number
  readonly shown: number
  readonly hasMore: boolean
  readonly isLoading: boolean
  readonly go: (offset: number) => void
}

function Pager({ caption, offset, shown, hasMore, isLoading, go }: PagerProps) {
  if (offset === 0 && !hasMore) return null
  return html`<nav class="pager" aria-label=${`Pages of ${caption}`}>
    <${Turn} isEnd=${offset === 0} turn=${() => go(Math.max(0, offset - PAGE_SIZE))}>Newer</${Turn}>
    <span role="status">${isLoading ? 'Loading …' : `${offset + 1} to ${offset + shown}`}</span>
    <${Turn} isEnd=${!hasMore} turn=${() => go(offset + PAGE_SIZE)}>Older</${Turn}>
  </nav>`
}

interface TurnProps {
  readonly isEnd: boolean
  readonly turn: () => void
  readonly children: Children
}

/** Not `disabled` at the end: whoever turns pages by keyboard would lose their place. */
function Turn({ isEnd, turn, children }: TurnProps) {
  return html`<button type="button" aria-disabled=${isEnd ? 'true' : undefined} onClick=${() => !isEnd && turn()}>${children}</button>`
}

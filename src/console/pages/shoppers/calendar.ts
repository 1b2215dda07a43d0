import { useState } from 'preact/hooks'
import type { Streak } from '../../../client/schema.ts'
import { html } from '../../html.ts'
import { type Cell, monthWords, periodWords, weekdays, weeksOf, weekWords } from '../../words/periods.ts'

const MARKS = { done: '✓', missed: '✕', open: '○' } as const
/** How much is shown at first, and how much more each time: days by their months. */
const SHOWN_MONTHS = 2
const SHOWN_PERIODS = 12

export interface CalendarProps {
  readonly streak: Streak
  readonly cells: readonly Cell[]
}

/** The periods of one shopper on one streak: done, missed, open; each said in words too. */
export function Calendar({ streak, cells }: CalendarProps) {
  const [more, setMore] = useState(1)
  const isDaily = streak.aggregationPeriod === 'daily'
  const months = [...new Set(cells.map(({ key }) => key.slice(0, 7)))]
  const shownMonths = months.slice(-SHOWN_MONTHS * more)
  const shown = cells.slice(-SHOWN_PERIODS * more)
  const hasMore = isDaily ? shownMonths.length < months.length : shown.length < cells.length
  return html`<p class="small">✓ done, ✕ missed, ○ still open. ${zoneWords(streak)}</p>
    ${
      isDaily
        ? html`<div class="months">${shownMonths.map((month) => html`<${Month} key=${month} month=${month} streak=${streak} cells=${cells} />`)}</div>`
        : html`<ol class="periods">${shown.map((cell) => html`<li key=${cell.key} class=${`is-${cell.mark}`}><${Mark} cell=${cell} label=${labelOf(cell, streak)} /></li>`)}</ol>`
    }
    ${hasMore && html`<button type="button" onClick=${() => setMore(more + 1)}>Show earlier</button>`}`
}

function zoneWords({ timezone, aggregationPeriod, weekStartsOn }: Streak): string {
  const week = weekStartsOn === 'monday' ? 'Monday' : 'Sunday'
  return aggregationPeriod === 'weekly'
    ? `Weeks begin on ${week}, by the clocks of ${timezone}.`
    : `Days by the clocks of ${timezone}.`
}

function labelOf({ key }: Cell, { aggregationPeriod }: Streak): string {
  return aggregationPeriod === 'weekly' ? weekWords(key) : periodWords(key, aggregationPeriod)
}

function Mark({ cell, label }: { readonly cell: Cell; readonly label: string }) {
  const { progress, mark } = cell
  const amount =
    progress === null ? '' : `, ${progress.currentProgressValue} of ${progress.aggregationTargetValue}`
  return html`<span>${label}</span> <span aria-hidden="true">${MARKS[mark]}</span><span class="hidden">: ${mark}${amount}</span>`
}

interface MonthProps extends CalendarProps {
  readonly month: string
}

function Month({ month, streak, cells }: MonthProps) {
  const byKey = new Map(cells.map((cell) => [cell.key, cell]))
  const day = (key: string | null) => {
    if (key === null) return html`<td></td>`
    const cell = byKey.get(key)
    const label = String(Number(key.slice(8)))
    if (cell === undefined) return html`<td>${label}</td>`
    return html`<td class=${`is-${cell.mark}`}><${Mark} cell=${cell} label=${label} /></td>`
  }
  return html`<table class="month"><caption>${monthWords(month)}</caption>
    <thead><tr>${weekdays(streak.weekStartsOn).map((name) => html`<th key=${name} scope="col">${name}</th>`)}</tr></thead>
    <tbody>${weeksOf(month, streak.weekStartsOn).map((week) => html`<tr>${week.map(day)}</tr>`)}</tbody>
  </table>`
}

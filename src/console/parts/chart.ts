import { useState } from 'preact/hooks'
import { html } from '../html.ts'
import { Table } from './table.ts'

export interface Point {
  readonly label: string
  readonly value: number
}

export interface BarsProps {
  /** What is counted: `Orders counted by day`. */
  readonly title: string
  readonly points: readonly Point[]
  /** What a point stands for, and what its value is, for the table: `Day`, `Orders`. */
  readonly each: string
  readonly what: string
  readonly show: (value: number) => string
}

const WIDTH = 600
const HEIGHT = 160

/** Bars, and the same as a table; the picture says nothing that the table does not. */
export function Bars({ title, points, each, what, show }: BarsProps) {
  const [isTable, setIsTable] = useState(false)
  const most = Math.max(1, ...points.map(({ value }) => value))
  const width = WIDTH / Math.max(1, points.length)
  const first = points[0]?.label ?? ''
  const last = points.at(-1)?.label ?? ''
  const total = points.reduce((sum, { value }) => sum + value, 0)
  return html`<figure class="chart">
    <figcaption>
      <span>${title}: ${show(total)} in all, at most ${show(Math.max(0, ...points.map(({ value }) => value)))}</span>
      <button type="button" aria-pressed=${isTable ? 'true' : 'false'} onClick=${() => setIsTable(!isTable)}>As a table</button>
    </figcaption>
    ${
      isTable
        ? html`<${Table} caption=${title} rows=${points} keyOf=${(point: Point) => point.label}
            columns=${[
              { label: each, show: (point: Point) => point.label },
              { label: what, show: (point: Point) => show(point.value), isNumber: true },
            ]} />`
        : html`<svg viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label=${`${title}, from ${first} to ${last}. The same is there as a table.`} preserveAspectRatio="none">
            ${points.map(({ value, label }, at) => {
              const height = (value / most) * (HEIGHT - 4)
              return html`<rect key=${label} x=${at * width + width * 0.1} y=${HEIGHT - height} width=${width * 0.8} height=${height}><title>${label}: ${show(value)}</title></rect>`
            })}
            <line x1="0" x2=${WIDTH} y1=${HEIGHT} y2=${HEIGHT} />
          </svg>
          <p class="chart-ends small" aria-hidden="true"><span>${first}</span><span>${last}</span></p>`
    }
  </figure>`
}

/** The middle of some figures and how far they lie apart. */
export interface Spread {
  readonly median: number
  readonly lowest: number
  readonly highest: number
}

/** @throws Error when there are none */
export function spreadOf(figures: readonly number[]): Spread {
  const sorted = figures.toSorted((a, b) => a - b)
  const [lowest, highest] = [sorted[0], sorted.at(-1)]
  if (lowest === undefined || highest === undefined) throw new Error('there are no figures')
  const middle = (sorted.length - 1) / 2
  const median = (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2
  return { median, lowest, highest }
}

/** Each figure against the one measured next to it, so that what disturbs both cancels out. */
export function ratioOf(figures: readonly number[], baseline: readonly number[]): Spread {
  return spreadOf(figures.map((figure, at) => figure / baseline[at]!))
}

/** The figure that so large a share of them does not exceed. @throws Error when there are none */
export function quantile(figures: readonly number[], share: number): number {
  const sorted = figures.toSorted((a, b) => a - b)
  const figure = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
  if (figure === undefined) throw new Error('there are no figures')
  return figure
}

export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

export function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MiB`
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}

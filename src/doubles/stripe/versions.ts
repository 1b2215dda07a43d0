/** Since the first of these promotion codes have `promotion`; the double knows no older shapes. */
const VERSIONS: ReadonlySet<string> = new Set(
  `
2025-09-30.clover 2025-10-29.clover 2025-11-17.clover 2025-12-15.clover 2026-01-28.clover 2026-02-25.clover
2026-03-25.dahlia 2026-04-22.dahlia 2026-05-27.dahlia 2026-06-24.dahlia 2026-07-29.dahlia 2026-08-26.dahlia
2026-09-30.endive 2026-10-28.endive
`
    .trim()
    .split(/\s+/),
)

export function isVersion(text: string): boolean {
  return VERSIONS.has(text)
}

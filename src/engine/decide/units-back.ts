import type { PurchaseBasis, ReturnedLine, SoldLine } from '../../ports/schema/values.ts'
import { type OrderObject, quantityOf } from './order-objects.ts'

/** Units of each line that came back, by its id: at most as many as counted. Lines that never counted are absent. */
export function unitsBack(
  objects: readonly OrderObject[],
  { edits }: PurchaseBasis,
  counted: readonly SoldLine[],
): ReadonlyMap<string, number> {
  const named = counted.flatMap(({ lineId, units }) => (lineId === null ? [] : [{ lineId, units }]))
  const left = new Map<string, number>()
  for (const { lineId, units } of named) left.set(lineId, (left.get(lineId) ?? 0) + units)
  const back = new Map<string, number>()
  for (const { lineId, units } of objects.flatMap((each) => returnedBy(each, edits))) {
    const most = lineId === null ? undefined : left.get(lineId)
    if (lineId === null || most === undefined) continue
    back.set(lineId, Math.min(most, (back.get(lineId) ?? 0) + units))
  }
  return back
}

/**
 * The lines of a refund whose units are back: once a payment of it has succeeded. Where no money belongs to it, only
 * what cost nothing; and of an edit that the purchase's own body lists only what was returned, since nothing else of it
 * was counted.
 */
function returnedBy({ object, parts }: OrderObject, edits: readonly string[]): readonly ReturnedLine[] {
  if (parts === null) return []
  const free = parts.lines.filter(({ amount }) => amount.shop !== null && quantityOf(amount.shop) === 0n)
  if (edits.includes(object)) return free.filter(({ isReturn }) => isReturn)
  if (parts.transactions.length === 0) return free
  return parts.transactions.some(({ state }) => state === 'taken') ? parts.lines : []
}

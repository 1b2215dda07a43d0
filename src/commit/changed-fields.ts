/** What differs from the stored row: writing a field as it was costs what changing it does. */
export function changedFields<R extends object>(stored: R, fields: Partial<R>): Partial<R> {
  const changed: Partial<R> = {}
  for (const name of Object.keys(fields) as (keyof R)[]) {
    if (!isSame(stored[name], fields[name])) changed[name] = fields[name]
  }
  return changed
}

function isSame(one: unknown, other: unknown): boolean {
  return one === other || (typeof one === 'object' && JSON.stringify(one) === JSON.stringify(other))
}

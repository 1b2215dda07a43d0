/** What differs from the stored row: writing a field as it was costs what changing it does. */
export function changedFields<R extends object>(stored: R, fields: Partial<R>): Partial<R> {
  const isSame = (one: unknown, other: unknown) =>
    one === other || (typeof one === 'object' && JSON.stringify(one) === JSON.stringify(other))
  const changed = Object.entries(fields).filter(([name, value]) => !isSame(stored[name as keyof R], value))
  return Object.fromEntries(changed) as Partial<R>
}

/** The number of a webhook, as a text for addresses; null for anything else. */
export function readId(value: unknown): string | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? String(value) : null
}

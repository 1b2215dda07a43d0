/**
 * A text without its UUIDs: one in some thousand of them holds any four digits that one looks for, and fails a test that
 * says that these are not there.
 */
export function withoutIds(text: string): string {
  return text.replace(/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g, '')
}

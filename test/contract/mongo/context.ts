import type { Store } from '../../../src/ports/store.ts'

/** A migrated database of the tests' own, and a store on it. */
export interface MongoContext {
  readonly uri: string
  store(): Store
  /** One more store on the same data; closed with the rest. */
  another(): Promise<Store>
  /** One more connection string, of an empty database. */
  emptyUri(): string
}

/** The connection string with more options. */
export function withOption(uri: string, options: string): string {
  return `${uri}${uri.includes('?') ? '&' : '?'}${options}`
}

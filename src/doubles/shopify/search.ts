import { financialStatusOf, type OrderRow } from './order-book.ts'

interface Term {
  readonly field: string
  readonly comparison: '=' | '>' | '>=' | '<' | '<='
  readonly value: string
  readonly isNot: boolean
}

export interface Searched {
  readonly fits: (order: OrderRow) => boolean
  /** Goes into `extensions.search`: Shopify passes over fields that it does not know, and says so. */
  readonly warnings: readonly { readonly field: string; readonly message: string; readonly code: string }[]
}

const TIMES: Readonly<Record<string, (order: OrderRow) => number>> = {
  created_at: ({ createdAt }) => createdAt,
  updated_at: ({ updatedAt }) => updatedAt,
  processed_at: ({ processedAt }) => processedAt,
}

const TEXTS: Readonly<Record<string, (order: OrderRow) => string[]>> = {
  id: ({ id }) => [id],
  name: ({ number }) => [`#${number}`, String(number)],
  test: ({ test }) => [String(test)],
  financial_status: (order) => [financialStatusOf(order)],
  status: ({ cancelledAt }) => ['any', cancelledAt === null ? 'open' : 'cancelled'],
  source_name: ({ sourceName }) => [sourceName],
  email: ({ email }) => (email === null ? [] : [email.toLowerCase()]),
  // the first code alone
  discount_code: ({ discountCodes: [first] }) => (first === undefined ? [] : [first.code.toLowerCase()]),
}

/** `updated_at:>='2026-01-01T00:00:00Z' test:false`: all terms hold. */
export function searchOrders(query: string | null | undefined): Searched {
  const terms = readTerms(query ?? '')
  const unknown = terms.filter(({ field }) => !(field in TIMES) && !(field in TEXTS))
  const known = terms.filter((term) => !unknown.includes(term))
  return {
    fits: (order) => known.every((term) => holds(term, order) !== term.isNot),
    warnings: unknown.map(({ field }) => ({
      field: field === '' ? 'query' : field,
      message: 'Invalid search field for this query.',
      code: 'invalid_field',
    })),
  }
}

function readTerms(query: string): Term[] {
  const pattern = /(-|NOT\s+)?(?:(\w+):)?(>=|<=|>|<)?(?:'([^']*)'|"([^"]*)"|(\S+))/g
  return [...query.matchAll(pattern)]
    .filter(([whole]) => whole !== 'AND')
    .map(([, not, field = '', comparison = '=', single, double, bare = '']) => ({
      field,
      comparison: comparison as Term['comparison'],
      value: single ?? double ?? bare,
      isNot: not !== undefined,
    }))
}

function holds({ field, comparison, value }: Term, order: OrderRow): boolean {
  const timeOf = TIMES[field]
  if (timeOf === undefined) return (TEXTS[field]?.(order) ?? []).includes(value.toLowerCase())
  // Shopify keeps whole seconds
  const found = Math.floor(timeOf(order) / 1_000)
  const wanted = Math.floor(Date.parse(value) / 1_000)
  if (Number.isNaN(wanted)) return false
  if (comparison === '>') return found > wanted
  if (comparison === '>=') return found >= wanted
  if (comparison === '<') return found < wanted
  if (comparison === '<=') return found <= wanted
  return found === wanted
}

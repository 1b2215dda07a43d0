import type { CallOptions } from './transport.ts'

interface Placed {
  readonly id: string
  readonly createdAt: string
}

type List = (query: object, call: CallOptions) => Promise<unknown>

interface Selected {
  readonly fields?: readonly string[]
  readonly filters?: unknown
}

const DEFAULT_PAGE_SIZE = 200

/**
 * Goes through all records by where the last one stood, not by counting: so it has no end at 100,000, and records that
 * are made or deleted meanwhile make none come twice or be left out.
 */
export function everything(list: List) {
  return async function* all(
    { fields, filters }: Selected = {},
    { pageSize = DEFAULT_PAGE_SIZE, ...call }: CallOptions & { readonly pageSize?: number } = {},
  ): AsyncGenerator<Placed, void, undefined> {
    if (fields !== undefined && !(fields.includes('id') && fields.includes('createdAt'))) {
      throw new TypeError('fields must hold id and createdAt: by them the next page is found')
    }
    let last: Placed | null = null
    for (;;) {
      const condition = last === null ? filters : after(last, filters)
      const page = (await list(
        {
          ...(fields === undefined ? {} : { fields }),
          ...(condition === undefined ? {} : { filters: condition }),
          sortBy: [{ fieldSlug: 'createdAt' }, { fieldSlug: 'id' }],
          limit: pageSize,
        },
        call,
      )) as { readonly data: readonly Placed[]; readonly paging: { readonly hasMore: boolean } }
      yield* page.data
      last = page.data.at(-1) ?? null
      if (last === null || !page.paging.hasMore) return
    }
  }
}

/** Made later, or at the same instant with a greater id. The first condition is what a ledger's lists can go by. */
function after({ id, createdAt }: Placed, filters: unknown): object {
  const since = { fieldSlug: 'createdAt', operator: 'GREATER_THAN_OR_EQUALS', value: createdAt }
  const later = { fieldSlug: 'createdAt', operator: 'GREATER_THAN', value: createdAt }
  const further = { or: [later, { fieldSlug: 'id', operator: 'GREATER_THAN', value: id }] }
  return { and: [since, further, ...(filters === undefined ? [] : [filters])] }
}

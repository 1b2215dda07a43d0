import { recordNotFound } from '../setup/change-row.ts'
import type { HttpDeps } from './deps.ts'
import { instantJson, type JsonObject } from './json/write-json.ts'
import type { Served } from './resource.ts'

/** Of the lines: what a reader of an export goes by. */
const FORMAT = 'streakline account export'
const FORMAT_VERSION = 1

/**
 * Everything that is kept of an account as its API shows it, a line of JSON each: a head, every record of every resource
 * with all its fields, deliveries with their bodies, and an end by which a whole export is known. Nothing that the API
 * hides is in it: no secret, no hash of one. No more than a page of records or one body is held at a time; records that
 * are made meanwhile are left out. @throws AppError NOT_FOUND before the first line
 */
export async function* accountExport(
  { store, clock }: Pick<HttpDeps, 'store' | 'clock'>,
  resources: readonly Served[],
  accountId: string,
): AsyncGenerator<string> {
  const [account] = await store.findByKeys('account', ['id'], [[accountId]])
  if (account === undefined) throw recordNotFound('account')
  const now = clock.now()
  yield line({ format: FORMAT, version: FORMAT_VERSION, accountId, exportedAt: instantJson(now) })
  let records = 0
  for (const { slug, pages } of resources) {
    for await (const page of pages?.(accountId, now) ?? []) {
      for (const record of page) {
        yield line({ slug, record: slug === 'delivery' ? await withBody(store, record) : record })
        records += 1
      }
    }
  }
  yield line({ end: true, records })
}

const line = (object: JsonObject): string => `${JSON.stringify(object)}\n`

async function withBody(store: HttpDeps['store'], record: JsonObject): Promise<JsonObject> {
  const [row] = await store.findByKeys('delivery', ['id'], [[record.id as string]])
  const body = row?.body ?? null
  return { ...record, body: body === null ? null : Buffer.from(body).toString('utf8') }
}

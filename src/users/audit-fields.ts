import { type CollectionName, type Row, specOf } from '../ports/schema.ts'
import type { Change, Store } from '../ports/store.ts'
import { formatQuantity } from '../streaks/quantity.ts'
import type { Act } from './audit.ts'

/** What became of a record. */
export interface Told {
  readonly action: string
  readonly slug: string
  readonly recordId: string | null
  /** Only what differs; null where the record was not there. */
  readonly before: Readonly<Record<string, unknown>> | null
  readonly after: Readonly<Record<string, unknown>> | null
}

type Fields = Readonly<Record<string, unknown>>

/** The records that merchants keep, and what they call them. Ledgers tell of themselves. */
const SLUGS: Readonly<Partial<Record<CollectionName, string>>> = {
  account: 'account',
  api_key: 'api_key',
  connector: 'connector',
  console_user: 'console_user',
  coupon_code: 'coupon_code',
  coupon_provider: 'coupon_provider',
  member: 'account_user',
  milestone: 'milestone',
  reward_log: 'reward_log',
  streak: 'streak',
  webhook_endpoint: 'webhook_endpoint',
}

/** Stored for our own sake: whoever reads the log has no use for them. */
const OWN = new Set([
  ...['id', 'accountId', 'createdAt', 'updatedAt', 'revision', 'emailKey', 'foldedCode', 'sessionEpoch'],
  ...['linkUntil', 'attempt', 'dueAt', 'waitingForProviderId', 'hasDeliveries', 'hasPurchases', 'hasRewards'],
  ...[
    'batchId',
    'hasLogs',
    'hasRewardLogs',
    'profileTimes',
    'emailIdentity',
    'nameKey',
    'turnedNameKey',
    'refusedCount',
    'recentRefusals',
    'standing',
  ],
])
/** By another name, and never shown. */
const SECRETS: Readonly<Record<string, string>> = {
  sealedCredentials: 'credentials',
  sealedSecret: 'secret',
  sealedOldSecret: 'oldSecret',
  passwordHash: 'password',
  linkHash: 'link',
  code: 'code',
  couponCode: 'couponCode',
  drawnCode: 'drawnCode',
}
const HIDDEN = '…'

/** What a commit does to records that merchants keep. One create of many codes is one entry. */
export async function toldOf(store: Store, changes: readonly Change[], act: Act): Promise<Told[]> {
  const kept = changes.filter(({ collection }) => SLUGS[collection] !== undefined)
  const told = await Promise.all(kept.map((change) => toldOfOne(store, change, act)))
  const entries = told.filter((entry) => entry !== null)
  const codes = entries.filter(({ slug, action }) => slug === 'coupon_code' && action === 'create')
  if (codes.length < 2) return entries
  const rest = entries.filter((entry) => !codes.includes(entry))
  return [...rest, { ...codes[0]!, recordId: null, after: { codes: codes.length } }]
}

async function toldOfOne(store: Store, change: Change, act: Act): Promise<Told | null> {
  const { collection } = change
  const slug = SLUGS[collection]!
  if (change.op === 'insert') {
    const row = change.row as Fields
    return { slug, action: 'create', recordId: String(row.id), before: null, after: shown(collection, row) }
  }
  const { id: recordId, accountId } = change
  const stored = await find(store, collection, accountId, recordId)
  if (stored === undefined) return null
  if (change.op === 'delete')
    return { slug, action: 'delete', recordId, before: shown(collection, stored), after: null }
  const set = change.set as Fields
  const names = Object.keys(set).filter((name) => !OWN.has(name) && !isSame(set[name], stored[name]))
  if (names.length === 0) return null
  const action = recordId === act.recordId && slug === act.slug ? act.action : 'patch'
  const before = shown(collection, pick(stored, names))
  const after = shown(collection, pick(set, names))
  return { slug, action, recordId, before, after }
}

/** The row as it is now. If it changes before the commit, its guard makes the commit a conflict, and all is asked anew. */
async function find(
  store: Store,
  collection: CollectionName,
  accountId: string,
  id: string,
): Promise<Fields | undefined> {
  const fields = ['accountId', 'id'] as const
  const [row] = await store.findByKeys(collection, fields as never, [[accountId, id]])
  return row as Row<'account'> | undefined as Fields | undefined
}

function shown(collection: CollectionName, fields: Fields): Fields {
  const spec = specOf(collection).fields
  const entries = Object.entries(fields).flatMap(([name, value]) => {
    if (OWN.has(name)) return []
    const secret = SECRETS[name]
    if (secret !== undefined) return [[secret, value === null ? null : HIDDEN]]
    if (collection === 'member' && name !== 'status') return [[name, HIDDEN]]
    return [[name, plain(value, spec[name]?.type)]]
  })
  return Object.fromEntries(entries)
}

function plain(value: unknown, type: string | undefined): unknown {
  if (value === null || value === undefined) return null
  if (type === 'instant') return new Date(value as number).toISOString()
  if (type === 'quantity') return formatQuantity(value as bigint)
  if (type === 'bytes') return HIDDEN
  return value
}

function pick(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(names.map((name) => [name, fields[name]]))
}

function isSame(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(plainOf(one)) === JSON.stringify(plainOf(other))
}

function plainOf(value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}

import type { Installation } from '../compose.ts'
import { AppError } from '../errors.ts'
import type { ReplayFilter } from '../inbox/replay/types.ts'
import { ITEM_STATUSES, type ItemStatus } from '../ports/schema/values.ts'
import { readInstant } from '../read/values.ts'
import { accountOf, readId } from './account-option.ts'

/** What was typed after `streakline replay`. */
export interface ReplayInput {
  readonly delivery?: readonly string[]
  readonly reward?: readonly string[]
  readonly account?: string
  readonly connector?: string
  readonly from?: string
  readonly to?: string
  readonly order?: string
  readonly outcome?: string
  readonly reason?: string
  readonly dryRun?: boolean
}

export interface Target {
  readonly collection: 'delivery' | 'reward_log'
  readonly accountId: string
  readonly id: string
}

/** What to replay: records by their ids, or the deliveries of a filter in one account. */
export type Targets =
  | { readonly kind: 'ids'; readonly targets: readonly Target[]; readonly missing: readonly string[] }
  | { readonly kind: 'filter'; readonly accountId: string; readonly filter: ReplayFilter }

/** @throws AppError INVALID_INPUT, NOT_FOUND: a sentence that says which option is wrong */
export async function readTargets(
  { store }: Pick<Installation, 'store'>,
  input: ReplayInput,
): Promise<Targets> {
  const { delivery = [], reward = [] } = input
  const filter = readFilter(input)
  const isFiltered = Object.values(filter).some((value) => value !== undefined)
  if (delivery.length + reward.length > 0) {
    if (isFiltered) throw wrong('--delivery and --reward name what to replay: leave the other conditions out')
    return named(store, input.account, [
      ...delivery.map((id) => ({ collection: 'delivery' as const, id: readId('--delivery', id) })),
      ...reward.map((id) => ({ collection: 'reward_log' as const, id: readId('--reward', id) })),
    ])
  }
  if (!isFiltered) {
    throw wrong(
      'say what to replay: --delivery, --reward, or one of --connector --from --to --order --outcome --reason',
    )
  }
  return { kind: 'filter', accountId: await accountOf(store, input.account, filter.connectorId), filter }
}

function readFilter(input: ReplayInput): ReplayFilter {
  const { connector, from, to, order, outcome, reason } = input
  return {
    connectorId: connector === undefined ? undefined : readId('--connector', connector),
    receivedFrom: from === undefined ? undefined : readTime('--from', from),
    receivedTo: to === undefined ? undefined : readTime('--to', to),
    orderId: order,
    itemStatus: outcome === undefined ? undefined : readStatus(outcome),
    reason,
  }
}

function wrong(message: string): AppError {
  return new AppError('INVALID_INPUT', message)
}

function readTime(option: string, text: string): number {
  const time = readInstant(text)
  if (time.ok) return time.value
  throw wrong(`${option} ${JSON.stringify(text)} ${time.message}`)
}

function readStatus(text: string): ItemStatus {
  const status = ITEM_STATUSES.find((known) => known === text)
  if (status !== undefined) return status
  throw wrong(`--outcome ${JSON.stringify(text)} must be one of ${ITEM_STATUSES.join(', ')}`)
}

async function named(
  store: Installation['store'],
  account: string | undefined,
  wanted: readonly Pick<Target, 'collection' | 'id'>[],
): Promise<Targets> {
  const accountId = account === undefined ? undefined : readId('--account', account)
  const targets: Target[] = []
  const missing: string[] = []
  for (const { collection, id } of wanted) {
    const [row] = await store.findByKeys(collection, ['id'], [[id]])
    if (row === undefined || (accountId !== undefined && row.accountId !== accountId)) {
      missing.push(`${collection} ${id}`)
    } else targets.push({ collection, id, accountId: row.accountId })
  }
  return { kind: 'ids', targets, missing }
}

import { findRow, standsStill } from '../commit/planned.ts'
import { untilWritten } from '../commit/until-written.ts'
import { AppError, type ErrorDetail, invalid } from '../errors.ts'
import { insert } from '../ports/changes.ts'
import type { Clock } from '../ports/clock.ts'
import type { JobQueue } from '../ports/queue.ts'
import type { Row } from '../ports/schema.ts'
import type { Store } from '../ports/store.ts'
import { codeFault, foldCode, foldedForms, trimCode } from './code.ts'
import { wakeRewards } from './wake.ts'

export const MAX_CODES_AT_ONCE = 1_000
const MAX_ROUNDS = 10

export interface UploadDeps {
  readonly store: Store
  readonly clock: Clock
  readonly newId: () => string
  readonly queue: Pick<JobQueue, 'enqueue'>
}

/**
 * Puts codes into a pool: all of them or none. Rewards that wait for codes of this pool are queued anew, so that they
 * do not sit out a backoff first.
 * @param sent 1 to 1,000, unique in the account as `foldCode` compares them; white space around them is left out
 * @returns the new rows, in the order given
 * @throws AppError REFERENCE_NOT_FOUND (`providerId`), INVALID_INPUT, DUPLICATE_VALUE (`codes.N` for each one),
 * STORE_BUSY, STORE_UNAVAILABLE
 */
export async function uploadPoolCodes(
  deps: UploadDeps,
  accountId: string,
  providerId: string,
  sent: readonly string[],
): Promise<Row<'coupon_code'>[]> {
  refuseMalformed(sent)
  const codes = sent.map(trimCode)
  const stored = await untilWritten(`codes of pool ${providerId}`, MAX_ROUNDS, async () => {
    const provider = await loadPool(deps.store, accountId, providerId)
    await refuseDuplicates(deps.store, accountId, codes)
    const rows = codes.map((code) => newRow(deps, accountId, providerId, code))
    const result = await deps.store.commit([
      ...rows.map((row) => insert('coupon_code', row)),
      // no code is left without its pool: the provider is not deleted at the same moment
      standsStill('coupon_provider', provider),
    ])
    return result.outcome === 'committed' ? rows : null
  })
  await wakeRewards(deps, providerId, codes.length)
  return stored
}

function refuseMalformed(codes: readonly string[]): void {
  if (codes.length < 1 || codes.length > MAX_CODES_AT_ONCE) {
    throw invalid('codes', `must hold 1 to ${MAX_CODES_AT_ONCE} codes, holds ${codes.length}`)
  }
  const details = codes.flatMap((code, index) => {
    const fault = codeFault(code)
    return fault === null ? [] : [{ path: `codes.${index}`, message: fault }]
  })
  if (details.length > 0) throw new AppError('INVALID_INPUT', 'some codes are not coupon codes', { details })
}

async function loadPool(
  store: Store,
  accountId: string,
  providerId: string,
): Promise<Row<'coupon_provider'>> {
  const provider = await findRow(store, 'coupon_provider', accountId, providerId)
  if (provider === null) {
    const message = `there is no coupon_provider ${providerId}`
    throw new AppError('REFERENCE_NOT_FOUND', message, { details: [{ path: 'providerId', message }] })
  }
  if (provider.provider !== 'pool') {
    throw invalid(
      'providerId',
      `must be of a pool; this provider is "${provider.provider}" and makes codes itself`,
    )
  }
  return provider
}

async function refuseDuplicates(store: Store, accountId: string, codes: readonly string[]): Promise<void> {
  const folded = codes.map(foldCode)
  const firstAt = new Map<string, number>()
  for (const [index, code] of folded.entries()) if (!firstAt.has(code)) firstAt.set(code, index)
  const forms = codes.map(foldedForms)
  const find = (some: readonly string[]) =>
    store.findByKeys(
      'coupon_code',
      ['accountId', 'foldedCode'],
      some.map((form) => [accountId, form]),
    )
  const older = [...new Set(forms.flat())].filter((form) => !firstAt.has(form))
  const existing = [...(await find([...firstAt.keys()])), ...(older.length === 0 ? [] : await find(older))]
  const existingIds = new Map(existing.map((row) => [row.foldedCode, row.id]))
  const details = folded.flatMap((code, index): ErrorDetail[] => {
    const path = `codes.${index}`
    const existingId = forms[index]!.map((form) => existingIds.get(form)).find((id) => id !== undefined)
    if (existingId !== undefined)
      return [{ path, message: 'this code is already in the account', existingId }]
    const first = firstAt.get(code)
    return first === index ? [] : [{ path, message: `is the same code as codes.${first}` }]
  })
  if (details.length === 0) return
  const message = `${details.length} of ${codes.length} codes are duplicates (case, width and white space do not tell codes apart); none was stored`
  throw new AppError('DUPLICATE_VALUE', message, { details })
}

function newRow(deps: UploadDeps, accountId: string, providerId: string, code: string): Row<'coupon_code'> {
  const now = deps.clock.now()
  return {
    id: deps.newId(),
    accountId,
    createdAt: now,
    updatedAt: now,
    code,
    foldedCode: foldCode(code),
    source: 'pool',
    providerId,
    rewardLogId: null,
  }
}

import { findRow } from '../commit/planned.ts'
import { untilWritten } from '../commit/until-written.ts'
import { happen } from '../engine/happen.ts'
import { remove } from '../ports/changes.ts'
import type { Clock } from '../ports/clock.ts'
import { ascending, equal } from '../ports/conditions.ts'
import type { Row } from '../ports/schema.ts'
import type { Store } from '../ports/store.ts'
import { foldCode, foldedForms, trimCode } from './code.ts'

const PER_READ = 200
const MAX_READS = 50
const MAX_ROUNDS = 20

export interface UsesDeps {
  readonly store: Store
  readonly clock: Clock
}

type CodeUse = Row<'code_use'>

/**
 * Notes on rewards which orders named their coupons, in the order in which the orders came: codes that were drawn, taken
 * from a pool or chosen by a provider. What an order names beside them is forgotten. Safe in several processes at once,
 * and goes on where it stopped. @throws AppError STORE_BUSY, STORE_UNAVAILABLE
 */
export function createNoteUses(deps: UsesDeps): () => Promise<void> {
  const { store } = deps
  return async () => {
    for (let read = 0; read < MAX_READS; read += 1) {
      const uses = await store.find('code_use', { sort: ascending('createdAt', 'id'), limit: PER_READ })
      for (const use of uses) await noteUse(deps, use)
      if (uses.length > 0) await store.commit(uses.map((use) => remove('code_use', use, {})))
      if (uses.length < PER_READ) return
    }
  }
}

async function noteUse(deps: UsesDeps, use: CodeUse): Promise<void> {
  const { accountId, orderId, orderedAt: at } = use
  const ids = (await Promise.all(use.codes.map((code) => rewardsWith(deps.store, use, code)))).flat()
  for (const id of new Set(ids)) {
    await untilWritten(`reward_log ${id}`, MAX_ROUNDS, async () => {
      const reward = await findRow(deps.store, 'reward_log', accountId, id)
      return reward === null ? true : happen(deps, reward, { kind: 'used', at, orderId })
    })
  }
}

/** Whose code it is. One that a service chose may be several rewards': then it is the first one's without an order. */
async function rewardsWith(store: Store, { accountId, orderId }: CodeUse, sent: string): Promise<string[]> {
  const code = trimCode(sent)
  const keys = foldedForms(code).map((form) => [accountId, form])
  const [known, chosen] = await Promise.all([
    store.findByKeys('coupon_code', ['accountId', 'foldedCode'], keys),
    store.find('reward_log', {
      where: equal({ accountId, chosenFoldedCode: foldCode(code) }),
      sort: ascending('createdAt', 'id'),
      limit: PER_READ,
    }),
  ])
  const own = known.flatMap(({ rewardLogId }) => rewardLogId ?? [])
  // the same order is told of again
  const isKnown = chosen.some(({ redeemedOrderId }) => redeemedOrderId === orderId)
  const first = isKnown ? undefined : chosen.find(({ redeemedOrderId }) => redeemedOrderId === null)
  return first === undefined ? own : [...own, first.id]
}

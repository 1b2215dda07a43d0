import { commitPlanned, standsStill } from '../commit/planned.ts'
import { AppError, referenceNotFound } from '../errors.ts'
import { insert } from '../ports/changes.ts'
import type { ConnectorRule } from '../ports/schema/values.ts'
import type { Row } from '../ports/schema.ts'
import type { Change, Store } from '../ports/store.ts'
import { deleteRow, type Given, patchRow, refuseFixed } from './change-row.ts'

const target = (accountId: string, id: string) =>
  ({ collection: 'connector', noun: 'connector', accountId, id }) as const

/** A connector as it is made: nothing has arrived at it. */
const UNTOUCHED = {
  ...{ hasDeliveries: false, hasPurchases: false, refusedCount: 0, recentRefusals: [] },
  siteNumber: null,
}
export type NewConnector = Omit<Row<'connector'>, keyof typeof UNTOUCHED>

/** Makes a connector. Atomic. @throws AppError REFERENCE_NOT_FOUND for a rule's streak, STORE_BUSY */
export async function createConnector(store: Store, connector: NewConnector): Promise<Row<'connector'>> {
  const row = { ...connector, ...UNTOUCHED }
  await commitPlanned(store, async () => ({
    changes: [...(await streakChanges(store, row.accountId, row.rules)), insert('connector', row)],
    result: undefined,
  }))
  return row
}

/**
 * Changes a connector. Its platform is fixed, its purchase space, the source of its order ids and `fixedSettings` from
 * the first purchase on. Atomic; what repeats the present value changes nothing. @throws AppError NOT_FOUND | FIELD_IS_FIXED | REFERENCE_NOT_FOUND, STORE_BUSY
 */
export function patchConnector(
  store: Store,
  accountId: string,
  id: string,
  now: number,
  given: Given<'connector'>,
  orderIdFromOf: (connector: Row<'connector'>) => string | null,
  fixedSettings: readonly string[] = [],
): Promise<Row<'connector'>> {
  return patchRow(store, target(accountId, id), now, {
    given,
    check(next, changed, connector) {
      refuseFixed(changed, ['platform'], 'a connector belongs to one platform: make another one')
      // the first purchase raises the connector's revision, so it cannot come unseen
      if (connector.hasPurchases && changed.has('purchaseSpace')) throw isFixed('purchaseSpace', SPACE)
      if (connector.hasPurchases && orderIdFromOf(connector) !== orderIdFromOf(next)) {
        throw isFixed('orderIdFrom', ORDER_IDS)
      }
      const moved = fixedSettings.find((name) => connector.settings[name] !== next.settings[name])
      if (connector.hasPurchases && moved !== undefined) throw isFixed(moved, NAMES)
      return changed.has('rules') ? streakChanges(store, accountId, next.rules) : []
    },
  })
}

const SPACE = 'purchases were reported in the present one, and would count again in another'
const ORDER_IDS = 'purchases were counted by the present order ids, and would count again by others'

const NAMES = 'orders and members that were counted are named by the present one'

function isFixed(setting: string, why: string): AppError {
  const path = `settings.${setting}`
  const message = `is fixed: ${why}`
  return new AppError('FIELD_IS_FIXED', `${path} ${message}`, { details: [{ path, message }] })
}

/** Its streaks stand still: none of them can be deleted while a connector begins to feed it. */
async function streakChanges(
  store: Store,
  accountId: string,
  rules: readonly ConnectorRule[],
): Promise<Change[]> {
  const streaks = await streaksOfRules(store, accountId, rules)
  return streaks.map((streak) => standsStill('streak', streak))
}

/** The streaks that rules feed. @throws AppError REFERENCE_NOT_FOUND for the first one the account does not have */
async function streaksOfRules(
  store: Store,
  accountId: string,
  rules: readonly ConnectorRule[],
): Promise<Row<'streak'>[]> {
  if (rules.length === 0) return []
  const keys = [...new Set(rules.map((rule) => rule.streakId))].map((id) => [accountId, id])
  const streaks = await store.findByKeys('streak', ['accountId', 'id'], keys)
  const known = new Set(streaks.map((streak) => streak.id))
  const index = rules.findIndex((rule) => !known.has(rule.streakId))
  if (index !== -1) throw referenceNotFound(`rules.${index}.streakId`, 'streak')
  return streaks
}

/** Deletes a connector that has received nothing. @throws AppError NOT_FOUND | CONNECTOR_HAS_DELIVERIES */
export function deleteConnector(store: Store, accountId: string, id: string): Promise<void> {
  return deleteRow(store, target(accountId, id), (connector) => {
    if (!connector.hasDeliveries) return
    throw new AppError(
      'CONNECTOR_HAS_DELIVERIES',
      'The connector has received webhooks, which are kept under it: pause it instead',
    )
  })
}

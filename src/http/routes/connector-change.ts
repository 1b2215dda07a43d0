import { findRow } from '../../commit/planned.ts'
import { AppError } from '../../errors.ts'
import type { Platform } from '../../ports/schema/values.ts'
import type { Row } from '../../ports/schema.ts'
import { deleteRow, patchRow, recordNotFound, refuseFixed } from '../change-row.ts'
import type { HttpDeps } from '../deps.ts'
import type { JsonObject } from '../json/write-json.ts'
import { checkPatch } from '../read/check.ts'
import { zObject, zOneOf, zText } from '../read/zod.ts'
import { STATUSES } from '../resource.ts'
import { checkRules, zRules } from './connector-rules.ts'
import {
  connectorJson,
  platformOf,
  readSettings,
  sealCredentials,
  streakChanges,
  zAdapterObject,
} from './connector-shape.ts'

export const patchSchema = zObject({
  name: zText(256).optional(),
  platform: zText(32).optional(),
  status: zOneOf(STATUSES).optional(),
  credentials: zAdapterObject.optional(),
  settings: zAdapterObject.optional(),
  rules: zRules.nullable().optional(),
})

const target = (accountId: string, id: string) =>
  ({ collection: 'connector', noun: 'connector', accountId, id }) as const

type ChangeDeps = Pick<HttpDeps, 'store' | 'secretBox' | 'connectors'>

/** @throws AppError NOT_FOUND | FIELD_IS_FIXED | REFERENCE_NOT_FOUND | INVALID_INPUT | NOT_BUILT_YET */
export async function patchConnector(
  { store, secretBox, connectors }: ChangeDeps,
  accountId: string,
  id: string,
  now: number,
  body: unknown,
): Promise<JsonObject> {
  const input = checkPatch(patchSchema, body)
  const current = await findRow(store, 'connector', accountId, id)
  if (current === null) throw recordNotFound('connector')
  // the platform never changes, so what was read of it still holds when the patch is written
  const platform = platformOf(connectors, current.platform)
  const { settings, credentials, rules, ...plain } = input
  const given = {
    ...plain,
    ...(settings === undefined ? {} : readSettings(platform, settings)),
    ...(rules === undefined ? {} : { rules: checkRules(rules ?? [], platform) }),
    ...(credentials === undefined
      ? {}
      : { sealedCredentials: sealCredentials(secretBox, platform, credentials) }),
  } as Partial<Row<'connector'>> & { platform?: Platform }
  const row = await patchRow(store, target(accountId, id), now, {
    given,
    check(next, changed, connector) {
      refuseFixed(changed, ['platform'], 'a connector belongs to one platform: make another one')
      // the first purchase raises the connector's revision, so it cannot come unseen
      if (connector.hasPurchases && changed.has('purchaseSpace')) throw spaceIsFixed()
      return changed.has('rules') ? streakChanges(store, accountId, next.rules) : []
    },
  })
  return connectorJson(row)
}

function spaceIsFixed(): AppError {
  const path = 'settings.purchaseSpace'
  const message = 'is fixed: purchases were reported in the present one, and would count again in another'
  return new AppError('FIELD_IS_FIXED', `${path} ${message}`, { details: [{ path, message }] })
}

/** @throws AppError NOT_FOUND | CONNECTOR_HAS_DELIVERIES */
export function deleteConnector(store: HttpDeps['store'], accountId: string, id: string): Promise<void> {
  return deleteRow(store, target(accountId, id), (connector) => {
    if (!connector.hasDeliveries) return
    throw new AppError(
      'CONNECTOR_HAS_DELIVERIES',
      'The connector has received webhooks, which are kept under it: pause it instead',
    )
  })
}

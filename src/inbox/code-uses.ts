import { insert } from '../ports/changes.ts'
import type { Change } from '../ports/store.ts'
import type { ArrivedWebhook } from './rows.ts'

/**
 * The coupon codes that an order names, kept with its delivery until they were looked up. Nothing for most orders; the
 * same again for one that is told of again, which changes nothing.
 */
export function codeUses({ connector, reading, receivedAt }: ArrivedWebhook, newId: () => string): Change[] {
  const { used, orderId } = reading.translation
  if (used === undefined || orderId === null) return []
  const common = { id: newId(), accountId: connector.accountId, createdAt: receivedAt, updatedAt: receivedAt }
  return [insert('code_use', { ...common, orderId, orderedAt: used.at, codes: used.codes })]
}

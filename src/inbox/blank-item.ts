import type { Row } from '../ports/schema.ts'

/** An item of a delivery that is still to be worked off and says nothing yet. */
export function blankItem(
  { id: deliveryId, accountId, connectorId, receivedAt }: Row<'delivery'>,
  id: string,
): Row<'delivery_item'> {
  return {
    id,
    accountId,
    createdAt: receivedAt,
    updatedAt: receivedAt,
    deliveryId,
    connectorId,
    ruleIndex: null,
    streakId: null,
    activity: null,
    report: null,
    orderKey: null,
    externalId: null,
    addressIdentity: null,
    nameKeptSince: null,
    status: 'pending',
    reason: null,
    message: null,
    streakLogId: null,
    quiet: null,
    duplicateOfId: null,
    receivedAt,
    dueAt: receivedAt,
    batchId: null,
    attempt: 0,
  }
}

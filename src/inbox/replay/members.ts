import { standsStill } from '../../commit/planned.ts'
import { equal } from '../../ports/conditions.ts'
import type { Row } from '../../ports/schema.ts'
import type { Change, Store } from '../../ports/store.ts'

const MAX_ERASURES = 1_000

/**
 * What keeps a replay from bringing somebody back whom an erasure is taking away at the same moment: writes that make
 * one of the two see the other. null: an erasure of one of these people is under way.
 * @param items the purchases to be queued
 */
export async function holdMembers(
  store: Store,
  { accountId, receivedAt }: Row<'delivery'>,
  items: readonly Row<'delivery_item'>[],
): Promise<Change[] | null> {
  const externalIds = [...new Set(items.flatMap(({ externalId }) => externalId ?? []))]
  if (externalIds.length === 0) return []
  const members = await store.findByKeys(
    'member',
    ['accountId', 'externalId'],
    externalIds.map((externalId) => [accountId, externalId]),
  )
  // after the members: an erasure that begins now changes what was read of them
  const erasures = await store.find('erasure', { where: equal({ accountId }), limit: MAX_ERASURES })
  const isErased = erasures.some(
    (each) =>
      [each.externalId, each.emailIdentity].some((name) => name !== null && externalIds.includes(name)) &&
      receivedAt <= each.createdAt,
  )
  if (isErased) return null
  return members.map((member) => standsStill('member', member))
}

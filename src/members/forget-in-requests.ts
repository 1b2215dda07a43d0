import { change } from '../ports/changes.ts'
import { equal } from '../ports/conditions.ts'
import { eachRow } from '../ports/paging.ts'
import type { EraseDeps } from './erased.ts'

/** Data requests name whom they are about until that one is erased; there are few of them. Idempotent. */
export async function forgetInRequests(
  { store, clock }: EraseDeps,
  accountId: string,
  identities: readonly (string | null)[],
): Promise<void> {
  const where = equal<'privacy_request'>({ accountId, kind: 'data_request' })
  for await (const request of eachRow(store, 'privacy_request', where)) {
    const names = [...request.customerExternalIds, ...(request.subject?.identities ?? [])]
    if (!names.some((name) => identities.includes(name))) continue
    const set = { customerExternalIds: [], subject: null, updatedAt: clock.now() }
    await store.commit([change('privacy_request', request, {}, set)])
  }
}

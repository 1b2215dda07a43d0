import type { Served } from '../resource.ts'

const ON_THE_LOG = 'A withdrawal is made on its streak log: POST /schema/streak_log/record/{id}/withdrawal'
const APPEND_ONLY = 'Withdrawals are permanent; a reinstatement undoes one'

/** Resources of the contract that are not built yet: their addresses exist and say so. */
export const LATER_RESOURCES: readonly Served[] = [
  {
    slug: 'withdrawal',
    noun: 'withdrawal',
    allows: [],
    refuses: { create: ON_THE_LOG, patch: APPEND_ONLY, delete: APPEND_ONLY },
  },
  { slug: 'webhook_endpoint', noun: 'webhook endpoint', allows: [], refuses: {} },
]

/** Actions on a record that the contract has and that are not built yet, by the slug of the resource. */
const LATER_ACTIONS: Readonly<Record<string, readonly string[]>> = {
  streak_log: ['withdrawal', 'reinstatement'],
}

export function isLaterAction(slug: string, action: string): boolean {
  return LATER_ACTIONS[slug]?.includes(action) ?? false
}

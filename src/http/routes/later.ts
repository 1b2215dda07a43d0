import type { Served } from '../resource.ts'

const COMMAND_LINE = 'Accounts are made on the command line'
const ON_THE_LOG = 'A withdrawal is made on its streak log: POST /schema/streak_log/record/{id}/withdrawal'
const APPEND_ONLY = 'Withdrawals are permanent; a reinstatement undoes one'

/** Resources of the contract that are not built yet: their addresses exist and say so. */
export const LATER_RESOURCES: readonly Served[] = [
  { slug: 'account', noun: 'account', allows: [], refuses: { create: COMMAND_LINE, delete: COMMAND_LINE } },
  { slug: 'api_key', noun: 'API key', allows: [], refuses: {} },
  {
    slug: 'withdrawal',
    noun: 'withdrawal',
    allows: [],
    refuses: { create: ON_THE_LOG, patch: APPEND_ONLY, delete: APPEND_ONLY },
  },
  { slug: 'webhook_endpoint', noun: 'webhook endpoint', allows: [], refuses: {} },
]

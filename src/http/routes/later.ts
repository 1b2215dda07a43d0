import type { Served } from '../resource.ts'

/** Resources of the contract that are not built yet: their addresses exist and say so. */
export const LATER_RESOURCES: readonly Served[] = [
  { slug: 'webhook_endpoint', noun: 'webhook endpoint', allows: [], refuses: {} },
]

import { wholeSecond } from '../../src/backfill/begin.ts'
import type { ReadBy } from '../../src/inbox/rows.ts'
import type { Row } from '../../src/ports/schema.ts'
import type { ReadOrder } from './assess.ts'
import type { Known } from './known.ts'

/** For what orders are read. */
export interface ReadFor extends ReadBy {
  readonly dryRun: boolean
  /** Nobody asked for a reconcile: it makes up for webhooks, and no more. null: a backfill. */
  readonly reconcile: Pick<Row<'installation'>, 'firstInstalledAt' | 'installedAt'> | null
}

/**
 * Whether the purchase of an order may count. Of a reconcile only one that webhooks should have brought and did not: made
 * since the first install, and not judged by the rules of another day. Pure.
 */
export function mayCount(
  { activityAt }: Pick<ReadOrder, 'activityAt'>,
  { wasTold }: Pick<Known, 'wasTold'>,
  { reconcile }: Pick<ReadFor, 'reconcile'>,
): boolean {
  if (reconcile === null) return true
  return !wasTold && activityAt >= wholeSecond(reconcile.firstInstalledAt ?? 0)
}

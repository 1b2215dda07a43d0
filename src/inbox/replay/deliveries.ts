import { createViews } from '../../engine/views/views.ts'
import { explainOrder } from '../explain/explain.ts'
import type { OrderQuestion } from '../explain/types.ts'
import { tryBody, type UnsentBody } from '../try-body.ts'
import { abandonDelivery } from './abandon.ts'
import { type ReplayDeps, type ReplayOptions, replayDelivery } from './delivery.ts'
import { type ReplayPageOptions, replayPage } from './page.ts'
import type { ReplayFilter } from './types.ts'

/** What operators can do and ask about what was delivered, and what they can see before anything is. */
export function createDeliveries(deps: ReplayDeps) {
  const views = createViews(deps.store)
  return {
    explain: (accountId: string, question: OrderQuestion) =>
      explainOrder({ ...deps, views }, accountId, question),
    replay: (accountId: string, id: string, options: ReplayOptions) =>
      replayDelivery(deps, accountId, id, options),
    replayPage: (accountId: string, filter: ReplayFilter, options: ReplayPageOptions) =>
      replayPage(deps, accountId, filter, options),
    abandon: (accountId: string, id: string, reason: string) => abandonDelivery(deps, accountId, id, reason),
    tryBody: (accountId: string, connectorId: string, body: UnsentBody) =>
      tryBody(deps, accountId, connectorId, body),
  }
}

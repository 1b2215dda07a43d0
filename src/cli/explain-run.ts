import type { Installation } from '../compose.ts'
import { AppError } from '../errors.ts'
import { explanationJson, readWaitsIn } from '../http/routes/explain.ts'
import type { Explanation, OrderFacts, StreakVerdict } from '../inbox/explain/types.ts'
import { formatQuantity } from '../streaks/quantity.ts'
import { accountOf, readId } from './account-option.ts'

/** What was typed after `streakline explain`. */
export interface ExplainInput {
  readonly account?: string
  readonly connector?: string
  readonly json?: boolean
}

export interface ExplainRun {
  readonly installation: Pick<Installation, 'store' | 'deliveries'>
  readonly print: (line: string) => void
}

const UNKNOWN_ORDER = 1
const MAX_CHARACTERS = 256

/**
 * Explains the order of this id, else of this name. Answers the exit code: 0 the order is known, 1 nobody has heard of
 * it. @throws AppError for options that are wrong
 */
export async function runExplain(run: ExplainRun, order: string, input: ExplainInput): Promise<number> {
  const { store, deliveries } = run.installation
  if (order.trim() === '' || order.length > MAX_CHARACTERS) {
    throw new AppError('INVALID_INPUT', `the order must be a text of 1 to ${MAX_CHARACTERS} characters`)
  }
  const connectorId = input.connector === undefined ? undefined : readId('--connector', input.connector)
  const accountId = await accountOf(store, input.account, connectorId)
  const byId = await deliveries.explain(accountId, { orderId: order, connectorId })
  const byName =
    byId.order === null ? await deliveries.explain(accountId, { orderName: order, connectorId }) : byId
  const explanation = byName.order === null ? byId : byName
  if (input.json === true) {
    const waits = await readWaitsIn(store, accountId, explanation, Date.now())
    run.print(JSON.stringify(explanationJson(explanation, waits), null, 2))
  } else for (const line of await linesOf(run, explanation)) run.print(line)
  return explanation.order === null ? UNKNOWN_ORDER : 0
}

async function linesOf(
  { installation: { store } }: ExplainRun,
  { order, streaks, message, others, deliveries }: Explanation,
): Promise<string[]> {
  if (order === null) return [message ?? '']
  const [connector] = await store.findByKeys('connector', ['id'], [[order.connectorId]])
  return [
    orderLine(order, connector?.name ?? order.connectorId),
    ...streaks.flatMap(streakLines),
    ...(streaks.length === 0 ? ['There is no live streak.'] : []),
    `Deliveries: ${deliveries.join(', ')}`,
    ...others.map((other) => `Another order fits: ${nameOf(other)}, of connector ${other.connectorId}`),
  ]
}

function orderLine(order: OrderFacts, connectorName: string): string {
  const { total, currency, activityAt } = order
  const parts = [
    `Order ${nameOf(order)} of “${connectorName}”`,
    ...(total === null ? [] : [`${formatQuantity(total)}${currency === null ? '' : ` ${currency}`}`]),
    ...(activityAt === null ? [] : [new Date(activityAt).toISOString()]),
  ]
  return parts.join(', ')
}

function nameOf({ orderId, orderName }: Pick<OrderFacts, 'orderId' | 'orderName'>): string {
  return orderName === null || orderName === orderId ? orderId : `${orderName} (${orderId})`
}

function streakLines({ streakName, verdict, message, wouldCountIf, period }: StreakVerdict): string[] {
  const at =
    period === null ? '' : `, ${period.localTime.slice(0, 16).replace('T', ' ')} in ${period.timezone}`
  return [
    `${streakName}: ${verdict.replaceAll('_', ' ')}${at}`,
    `  ${message}`,
    ...(wouldCountIf === null ? [] : [`  ${wouldCountIf}`]),
  ]
}

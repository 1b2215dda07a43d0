import { controlsOf, type Double, type DoubleOptions, type Player, startDouble } from '../parts/double.ts'
import { answerStripe, idempotencyKeyOf, inProgress, rememberFailure } from './answer.ts'
import { stripeControls } from './controls.ts'
import { createEvents } from './events.ts'
import { errorAnswer } from './faults.ts'
import { createLimits } from './limits.ts'
import { type Key, openState, type StripeState } from './state.ts'

export interface StripeDouble extends Double {
  readonly accountId: string
  /** As they are now; the first may do everything, the second what a middleware needs. */
  keys(): readonly Key[]
}

function player(told: (state: StripeState) => void): Player {
  return (tables, clock) => {
    const state = openState(tables, clock)
    told(state)
    const limits = createLimits(clock.now)
    const events = createEvents(state, tables)
    return {
      handle: (asked) => answerStripe(state, limits, events.sender.forget, asked),
      throttled: () =>
        errorAnswer(
          429,
          { message: 'Request rate limit exceeded.', code: 'rate_limit' },
          { 'stripe-rate-limited-reason': 'global-rate' },
        ),
      spoilt: (asked, answer) => rememberFailure(state, asked, answer),
      keyOf: idempotencyKeyOf,
      underWay: inProgress,
      orders: [...events.sender.orders, ...stripeControls(state, events, limits)],
      stop: () => events.sender.stop(),
    }
  }
}

export const stripeControlLines = (): string[] => controlsOf(player(() => undefined))

/**
 * A double of Stripe as of 2026-10-28.endive: charges, events, webhook endpoints, coupons and promotion codes, with
 * restricted keys, idempotency, rate limits and signed webhooks. Who pays is told below `/__control`.
 */
export async function startStripeDouble(options: DoubleOptions = {}): Promise<StripeDouble> {
  let known: StripeState | undefined
  const double = await startDouble(
    options,
    player((state) => {
      known = state
    }),
  )
  return Object.assign(double, { accountId: known?.account.id ?? '', keys: () => known?.keys.all() ?? [] })
}

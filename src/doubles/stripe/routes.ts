import type { Parameters, Shape } from './parameters.ts'
import type { StripeState } from './state.ts'

export interface Caller {
  readonly state: StripeState
  readonly livemode: boolean
  /** Nothing more is sent to this endpoint. */
  readonly forget: (endpointId: string) => void
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** `/v1/coupons/{id}` */
  readonly path: string
  /** What a restricted key needs, as Stripe's refusals name it. */
  readonly permission: string
  readonly shape: Shape
  readonly run: (caller: Caller, given: Parameters, id: string) => object
}

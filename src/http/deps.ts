import type { Router } from 'express'
import type { BackfillOrder } from '../backfill/begin.ts'
import type { Teller } from '../engine/happenings.ts'
import type { EntryRecorder, Recorder, Views } from '../engine/types.ts'
import type { Explanation, OrderQuestion } from '../inbox/explain/types.ts'
import type { ReplayOptions } from '../inbox/replay/delivery.ts'
import type { ReplayPageOptions } from '../inbox/replay/page.ts'
import type { DeliveryReplay, ReplayFilter, ReplayPage } from '../inbox/replay/types.ts'
import type { TriedBody, UnsentBody } from '../inbox/try-body.ts'
import type { Inbox } from '../inbox/types.ts'
import type { Installing } from '../installing/installing.ts'
import type { PretendShop } from '../installing/pretend-shops.ts'
import type { Clock } from '../ports/clock.ts'
import type { Connector } from '../ports/connector.ts'
import type { CouponProvider } from '../ports/coupon-provider.ts'
import type { Hands } from '../ports/hands.ts'
import type { Logger } from '../ports/logger.ts'
import type { Row } from '../ports/schema.ts'
import type { SecretBox } from '../ports/secret-box.ts'
import type { Store } from '../ports/store.ts'
import type { RewardLogPatch } from '../rewards/patch.ts'
import type { Forecasts } from '../setup/forecast/forecast.ts'
import type { EndpointFields, WithSecret } from '../telling/endpoints.ts'
import type { LimitOptions } from './limits/limits.ts'

export interface Rewards {
  /** @throws AppError NOT_FOUND | REWARD_BEING_FULFILLED | REWARD_HELD | REWARD_REVOKED | INVALID_INPUT */
  patch(accountId: string, id: string, patch: RewardLogPatch): Promise<Row<'reward_log'>>
  /** See `replayReward`. @throws AppError NOT_FOUND | REWARD_HELD | REWARD_REVOKED | STORE_BUSY */
  replay(accountId: string, id: string): Promise<Row<'reward_log'>>
  /** See `abandonReward`. @throws AppError NOT_FOUND | CONFLICT | REWARD_REVOKED | STORE_BUSY */
  abandon(accountId: string, id: string, reason: string): Promise<Row<'reward_log'>>
  /** See `resumeProvider`. @throws AppError NOT_FOUND | STORE_BUSY */
  resumeProvider(accountId: string, providerId: string): Promise<void>
  /** See `resumeRefused`. @throws AppError STORE_BUSY */
  resumeRefused(accountId: string, providerId: string): Promise<void>
  /** All or none. @throws AppError REFERENCE_NOT_FOUND | INVALID_INPUT | DUPLICATE_VALUE */
  uploadCodes(accountId: string, providerId: string, codes: readonly string[]): Promise<Row<'coupon_code'>[]>
}

/** Acts of operators on what was delivered, and what they ask about it. */
export interface Deliveries {
  /** See `explainOrder`. @throws AppError OVERLOADED */
  explain(accountId: string, question: OrderQuestion): Promise<Explanation>
  /** See `replayDelivery`. @throws AppError NOT_FOUND | STORE_BUSY */
  replay(accountId: string, id: string, options: ReplayOptions): Promise<DeliveryReplay>
  /** See `replayPage`. @throws AppError INVALID_INPUT */
  replayPage(accountId: string, filter: ReplayFilter, options: ReplayPageOptions): Promise<ReplayPage>
  /** See `abandonDelivery`. @throws AppError NOT_FOUND | STORE_BUSY */
  abandon(accountId: string, id: string, reason: string): Promise<Row<'delivery'>>
  /** See `tryBody`. @throws AppError NOT_FOUND | STORE_BUSY */
  tryBody(accountId: string, connectorId: string, body: UnsentBody): Promise<TriedBody>
}

/** What merchants do about outgoing webhooks. */
export interface Webhooks {
  /** What is wrong with an address, as far as it can be told without asking for it; null: nothing. */
  fault(url: string): string | null
  /** See `createEndpoint`. @throws AppError TOO_MANY_ENDPOINTS | STORE_BUSY */
  create(accountId: string, fields: EndpointFields): Promise<WithSecret>
  /** See `patchEndpoint`. @throws AppError NOT_FOUND | STORE_BUSY */
  patch(
    accountId: string,
    id: string,
    given: { readonly [F in keyof EndpointFields]?: EndpointFields[F] | undefined },
  ): Promise<Row<'webhook_endpoint'>>
  /** See `deleteEndpoint`. @throws AppError NOT_FOUND | STORE_BUSY */
  remove(accountId: string, id: string): Promise<void>
  /** See `rotateSecret`. @throws AppError NOT_FOUND | STORE_BUSY */
  rotate(accountId: string, id: string): Promise<WithSecret>
  /** See `sendTest`. @throws AppError NOT_FOUND */
  test(accountId: string, id: string): Promise<Row<'webhook_message'>>
  /** See `resendMessage`. @throws AppError NOT_FOUND | ENDPOINT_NOT_LIVE | PAYLOAD_GONE | STORE_BUSY */
  resend(accountId: string, id: string): Promise<Row<'webhook_message'>>
}

/** Past orders that are read from platforms. */
export interface Backfills {
  /** See `beginBackfill`. @throws AppError NOT_FOUND | INVALID_INPUT | NOT_INSTALLED | CONNECTOR_NOT_LIVE | SCOPE_MISSING | BACKFILL_RUNNING */
  begin(accountId: string, connectorId: string, order: BackfillOrder): Promise<Row<'backfill'>>
  /** See `cancelBackfill`. @throws AppError NOT_FOUND | STORE_BUSY */
  cancel(accountId: string, id: string): Promise<Row<'backfill'>>
}

/** Everything the HTTP layer works with; it composes nothing itself. */
export interface HttpDeps {
  readonly store: Store
  readonly recorder: Recorder
  readonly entries: EntryRecorder
  readonly views: Views
  readonly inbox: Inbox
  readonly deliveries: Deliveries
  readonly rewards: Rewards
  readonly webhooks: Webhooks
  /** Tells merchants' systems of the rewards that an erasure revokes. */
  readonly teller: Teller
  readonly backfills: Backfills
  /** See `createForecasts`. @throws AppError REFERENCE_NOT_FOUND | OVERLOADED */
  readonly forecast: Forecasts
  /** Every platform that connectors can be made for, by its name. */
  readonly connectors: ReadonlyMap<string, Connector>
  /** What can be done at the platforms, by their names; only set up by hand are those that have none. */
  readonly hands: ReadonlyMap<string, Hands>
  readonly installing: Installing
  /** See `createPretendShops`. */
  readonly pretendShops: () => Promise<PretendShop[]>
  /** Every way there is to make a coupon, by its name. */
  readonly providers: ReadonlyMap<string, CouponProvider>
  readonly secretBox: SecretBox
  readonly clock: Clock
  readonly logger: Logger
  /** A new UUID, lower case. */
  readonly newId: () => string
  readonly redisReachable: () => Promise<boolean>
  /** @throws AppError SECRET_UNREADABLE when the encryption keys are not, or no longer, those of the store */
  readonly checkKey: () => Promise<void>
  /** How many requests are served; without it as the contract says. */
  readonly limits?: LimitOptions
  /** Bytes of bodies that are held at once; default 64 MiB. */
  readonly bodyBudgetBytes?: number
  /** Proxies in front that add to `x-forwarded-for`; 0 (without it): callers are who connects. */
  readonly trustProxyHops?: number
  /** Whether `/docs` and `/openapi.json` are there; they are without it. */
  readonly servesReference?: boolean
  /** Pages and metrics for operators; brings its own paths and its own guard. */
  readonly opsRouter?: Router
}

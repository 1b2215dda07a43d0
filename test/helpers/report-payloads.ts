import { rawNumber, type ShopifyOrderOptions, shopifyOrder } from './payloads.ts'

/** Bodies of webhooks that tell of an order after the sale, as raw JSON text. */

type Digits = string | number | bigint
type Extra = Readonly<Record<string, unknown>>

export interface ShopifyTransactionOptions {
  readonly kind?: string
  readonly status?: string
  readonly amount?: unknown
  readonly currency?: unknown
}

export interface ShopifyRefundOptions {
  readonly id?: Digits
  readonly orderId?: Digits
  /** Default: one refund of 42.50 that succeeded, in a currency that the body does not name. */
  readonly transactions?: readonly ShopifyTransactionOptions[]
  /** Replaces fields of the refund by their names in the body; undefined leaves one out. */
  readonly refund?: Extra
}

export function shopifyRefund(options: ShopifyRefundOptions = {}): string {
  const { id = '8001', orderId = '5001', transactions = [{}] } = options
  return JSON.stringify({
    id: rawNumber(id),
    order_id: rawNumber(orderId),
    created_at: '2026-11-21T09:00:00-05:00',
    processed_at: '2026-11-21T09:00:00-05:00',
    note: 'too small',
    user_id: 548380009,
    restock: false,
    admin_graphql_api_id: `gid://shopify/Refund/${id}`,
    refund_line_items: [],
    transactions: transactions.map((one, index) => ({
      id: 8201 + index,
      order_id: rawNumber(orderId),
      kind: one.kind ?? 'refund',
      status: one.status ?? 'success',
      amount: one.amount === undefined ? '42.50' : one.amount,
      currency: one.currency === undefined ? null : one.currency,
      admin_graphql_api_id: `gid://shopify/OrderTransaction/${8201 + index}`,
    })),
    order_adjustments: [],
    ...options.refund,
  })
}

export interface ShopifyTransactionBody extends ShopifyTransactionOptions {
  readonly id?: Digits
  readonly orderId?: Digits
  /** Replaces fields of the transaction by their names in the body; undefined leaves one out. */
  readonly transaction?: Extra
}

/** A payment of a refund that succeeded, told by itself, unless told otherwise. */
export function shopifyTransaction(options: ShopifyTransactionBody = {}): string {
  const { id = '8201', orderId = '5001' } = options
  return JSON.stringify({
    id: rawNumber(id),
    order_id: rawNumber(orderId),
    kind: options.kind ?? 'refund',
    gateway: 'shopify_payments',
    status: options.status ?? 'success',
    created_at: '2026-11-21T09:00:05-05:00',
    parent_id: null,
    amount: options.amount === undefined ? '42.50' : options.amount,
    currency: options.currency === undefined ? 'USD' : options.currency,
    admin_graphql_api_id: `gid://shopify/OrderTransaction/${id}`,
    ...options.transaction,
  })
}

export interface ShopifyDisputeOptions {
  readonly id?: Digits
  readonly orderId?: Digits
  readonly type?: unknown
  readonly status?: unknown
  readonly amount?: unknown
  readonly currency?: unknown
  /** Replaces fields of the dispute by their names in the body; undefined leaves one out. */
  readonly dispute?: Extra
}

/** A chargeback that waits for the merchant's answer unless told otherwise. */
export function shopifyDispute(options: ShopifyDisputeOptions = {}): string {
  const { id = '8501', orderId = '5001', type = 'chargeback', status = 'needs_response' } = options
  return JSON.stringify({
    id: rawNumber(id),
    order_id: rawNumber(orderId),
    type,
    amount: options.amount ?? '42.50',
    currency: options.currency ?? 'USD',
    reason: 'fraudulent',
    network_reason_code: '4837',
    status,
    evidence_due_by: '2026-11-30T19:00:00-05:00',
    evidence_sent_on: null,
    finalized_on: null,
    initiated_at: '2026-11-21T09:00:00-05:00',
    ...options.dispute,
  })
}

export function shopifyCancelledOrder(options: ShopifyOrderOptions = {}): string {
  return shopifyOrder({ cancelledAt: '2026-11-21T10:00:00-05:00', ...options })
}

interface StripeEventOptions {
  readonly id?: string
  readonly type?: string
  /** Replaces fields of the event by their names in the body; undefined leaves one out. */
  readonly event?: Extra
}

interface StripePaymentOptions extends StripeEventOptions {
  readonly paymentIntent?: unknown
  readonly charge?: unknown
  readonly status?: unknown
  /** Minor units. */
  readonly amount?: Digits
  readonly currency?: string
}

export interface StripeRefundOptions extends StripePaymentOptions {
  readonly refundId?: unknown
  /** Replaces fields of the refund by their names in the body; undefined leaves one out. */
  readonly refund?: Extra
}

/** A refund that succeeded unless told otherwise. */
export function stripeRefundEvent(options: StripeRefundOptions = {}): string {
  return stripeEvent(options.type ?? 'refund.created', options, {
    id: options.refundId === undefined ? 're_8001' : options.refundId,
    object: 'refund',
    ...paymentFields(options, 'succeeded'),
    customer: null,
    destination_details: { card: { reference_status: 'pending', type: 'refund' }, type: 'card' },
    reason: 'requested_by_customer',
    receipt_number: null,
    ...options.refund,
  })
}

export interface StripeDisputeOptions extends StripePaymentOptions {
  readonly disputeId?: unknown
  /** Replaces fields of the dispute by their names in the body; undefined leaves one out. */
  readonly dispute?: Extra
}

/** A dispute that waits for the merchant's answer unless told otherwise. */
export function stripeDisputeEvent(options: StripeDisputeOptions = {}): string {
  return stripeEvent(options.type ?? 'charge.dispute.created', options, {
    id: options.disputeId === undefined ? 'dp_8501' : options.disputeId,
    object: 'dispute',
    ...paymentFields(options, 'needs_response'),
    balance_transactions: [],
    evidence: { customer_email_address: null, customer_name: null },
    is_charge_refundable: false,
    livemode: true,
    reason: 'fraudulent',
    ...options.dispute,
  })
}

function paymentFields(options: StripePaymentOptions, status: string): Extra {
  return {
    amount: rawNumber(options.amount ?? 4250),
    charge: options.charge === undefined ? 'ch_5001' : options.charge,
    created: 1_795_350_000,
    currency: options.currency ?? 'usd',
    metadata: {},
    payment_intent: options.paymentIntent === undefined ? 'pi_5001' : options.paymentIntent,
    status: options.status === undefined ? status : options.status,
  }
}

function stripeEvent(type: string, options: StripeEventOptions, object: Extra): string {
  return JSON.stringify({
    id: options.id ?? 'evt_8001',
    object: 'event',
    api_version: '2026-10-28.endive',
    created: 1_795_350_001,
    data: { object },
    livemode: true,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type,
    ...options.event,
  })
}

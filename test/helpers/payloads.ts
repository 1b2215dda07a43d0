/** Bodies of webhooks as raw JSON text: ids are given as digits and stay exact beyond 2^53. */

type Digits = string | number | bigint
type Extra = Readonly<Record<string, unknown>>

/** A number with these very digits; `JSON.stringify` writes it as it is. */
export function rawNumber(digits: Digits): unknown {
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(String(digits))
}

export interface ShopifyOrderOptions {
  readonly id?: Digits
  /** null is a guest. */
  readonly customerId?: Digits | null
  readonly email?: string | null
  readonly contactEmail?: string | null
  readonly customerEmail?: string | null
  readonly phone?: string | null
  readonly firstName?: string | null
  readonly lastName?: string | null
  readonly processedAt?: string | null
  readonly createdAt?: string
  readonly updatedAt?: string
  readonly totalPrice?: string
  readonly subtotalPrice?: string
  readonly currency?: string
  readonly financialStatus?: string
  readonly cancelledAt?: string | null
  readonly test?: boolean
  /** One line per number. */
  readonly quantities?: readonly number[]
  /** Replaces fields of the order by their names in the body; undefined leaves one out. */
  readonly order?: Extra
  /** The same for the customer. */
  readonly customer?: Extra
}

const ORDERED_AT = '2026-11-20T10:00:00-05:00'

/** A paid order of a known customer unless told otherwise. */
export function shopifyOrder(options: ShopifyOrderOptions = {}): string {
  const { id = '5001', email = 'buyer@example.com', processedAt = ORDERED_AT } = options
  return JSON.stringify({
    id: rawNumber(id),
    admin_graphql_api_id: `gid://shopify/Order/${id}`,
    name: '#1001',
    test: options.test ?? false,
    confirmed: true,
    currency: options.currency ?? 'USD',
    total_price: options.totalPrice ?? '42.50',
    current_total_price: options.totalPrice ?? '42.50',
    subtotal_price: options.subtotalPrice ?? '37.50',
    financial_status: options.financialStatus ?? 'paid',
    cancelled_at: options.cancelledAt ?? null,
    cancel_reason: null,
    email,
    contact_email: options.contactEmail === undefined ? email : options.contactEmail,
    phone: null,
    processed_at: processedAt,
    created_at: options.createdAt ?? ORDERED_AT,
    updated_at: options.updatedAt ?? '2026-11-20T10:00:05-05:00',
    customer: shopifyCustomer(options),
    line_items: (options.quantities ?? [1]).map((quantity, index) => ({
      id: 9000 + index,
      admin_graphql_api_id: `gid://shopify/LineItem/${9000 + index}`,
      title: `Item ${index + 1}`,
      quantity,
      current_quantity: quantity,
      price: '10.00',
    })),
    ...options.order,
  })
}

function shopifyCustomer(options: ShopifyOrderOptions): Extra | null {
  const { customerId = '7001', email = 'buyer@example.com' } = options
  if (customerId === null) return null
  return {
    id: rawNumber(customerId),
    admin_graphql_api_id: `gid://shopify/Customer/${customerId}`,
    first_name: options.firstName === undefined ? 'Ada' : options.firstName,
    last_name: options.lastName === undefined ? 'Shopper' : options.lastName,
    email: options.customerEmail === undefined ? email : options.customerEmail,
    phone: options.phone ?? null,
    ...options.customer,
  }
}

export interface StripeChargeOptions {
  readonly id?: string
  readonly type?: string
  readonly chargeId?: string
  readonly paymentIntent?: string | null | Extra
  /** Written to `metadata.order_id`. */
  readonly orderId?: string
  /** Minor units. */
  readonly amountCaptured?: Digits
  readonly captured?: boolean
  readonly paid?: boolean
  readonly status?: string
  readonly currency?: string
  /** Epoch milliseconds; Stripe keeps whole seconds. */
  readonly createdAtMs?: number
  readonly customer?: string | null | Extra
  readonly email?: string | null
  readonly receiptEmail?: string | null
  readonly name?: string | null
  readonly phone?: string | null
  readonly livemode?: boolean
  /** Replaces fields of the charge by their names in the body; undefined leaves one out. */
  readonly charge?: Extra
  /** The same for the event around it. */
  readonly event?: Extra
}

/** A captured live charge of a known customer unless told otherwise. */
export function stripeChargeEvent(options: StripeChargeOptions = {}): string {
  const createdSeconds = Math.floor((options.createdAtMs ?? Date.parse(ORDERED_AT)) / 1000)
  const livemode = options.livemode ?? true
  return JSON.stringify({
    id: options.id ?? 'evt_1',
    object: 'event',
    api_version: '2026-10-28.endive',
    created: createdSeconds + 1,
    data: { object: stripeCharge(options, createdSeconds, livemode) },
    livemode,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type: options.type ?? 'charge.succeeded',
    ...options.event,
  })
}

function stripeCharge(options: StripeChargeOptions, created: number, livemode: boolean): Extra {
  const { amountCaptured = 4250, email = 'buyer@example.com', customer = 'cus_7001' } = options
  return {
    id: options.chargeId ?? 'ch_5001',
    object: 'charge',
    amount: rawNumber(amountCaptured),
    amount_captured: rawNumber(amountCaptured),
    amount_refunded: 0,
    billing_details: {
      address: null,
      email,
      name: options.name === undefined ? 'Ada Shopper' : options.name,
      phone: options.phone ?? null,
    },
    captured: options.captured ?? true,
    created,
    currency: options.currency ?? 'usd',
    customer,
    livemode,
    metadata: options.orderId === undefined ? {} : { order_id: options.orderId },
    paid: options.paid ?? true,
    payment_intent: options.paymentIntent === undefined ? 'pi_5001' : options.paymentIntent,
    receipt_email: options.receiptEmail ?? null,
    refunded: false,
    status: options.status ?? 'succeeded',
    ...options.charge,
  }
}

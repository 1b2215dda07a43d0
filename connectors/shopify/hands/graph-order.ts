/** What is read of an order, its refunds and disputes, as `queries.ts` asks for it. */
export interface Money {
  readonly shopMoney: { readonly amount: string; readonly currencyCode: string }
  readonly presentmentMoney: { readonly amount: string; readonly currencyCode: string }
}

export interface Page<T> {
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  readonly nodes: readonly T[]
}

interface Address {
  readonly countryCodeV2: string | null
}

export interface GraphLine {
  readonly id: string
  readonly quantity: number
  readonly currentQuantity: number
  readonly isGiftCard: boolean
  readonly sku: string | null
  readonly originalUnitPriceSet: Money
  readonly discountAllocations: readonly { readonly allocatedAmountSet: Money }[]
  readonly product?: { readonly id: string } | null
  readonly variant?: { readonly id: string } | null
}

export interface GraphOrder {
  readonly id: string
  readonly name: string
  readonly test: boolean
  readonly tags: readonly string[]
  readonly sourceName: string | null
  readonly discountCodes: readonly string[]
  readonly statusPageUrl: string | null
  readonly createdAt: string
  readonly processedAt: string
  readonly updatedAt: string
  readonly cancelledAt: string | null
  readonly displayFinancialStatus: string | null
  readonly currencyCode: string
  readonly taxesIncluded: boolean
  readonly email: string | null
  readonly phone: string | null
  readonly totalPriceSet: Money
  readonly subtotalPriceSet: Money | null
  readonly customer: {
    readonly id: string
    readonly firstName: string | null
    readonly lastName: string | null
    readonly defaultEmailAddress: { readonly emailAddress: string } | null
    readonly defaultPhoneNumber: { readonly phoneNumber: string } | null
    readonly defaultAddress: Address | null
  } | null
  readonly billingAddress: Address | null
  readonly shippingAddress: Address | null
  readonly lineItems: Page<GraphLine>
  readonly refunds: readonly { readonly id: string }[]
  readonly disputes?: readonly { readonly id: string }[] | null
}

export interface GraphRefundLine {
  readonly quantity: number
  readonly restockType: string
  readonly lineItem: { readonly id: string }
  readonly subtotalSet: Money
  readonly totalTaxSet: Money
}

interface Nodes<T> {
  readonly nodes: readonly T[]
}

export interface GraphRefund {
  readonly id: string
  readonly refundLineItems: Page<GraphRefundLine>
  readonly refundShippingLines: Nodes<{ readonly subtotalAmountSet: Money; readonly taxAmountSet: Money }>
  readonly orderAdjustments: Nodes<{ readonly amountSet: Money; readonly taxAmountSet: Money }>
  readonly transactions: Nodes<{
    readonly id: string
    readonly kind: string
    readonly status: string
    readonly amountSet: Money
  }>
  readonly duties: readonly { readonly amountSet: Money }[] | null
}

export interface GraphDispute {
  readonly legacyResourceId: string
  readonly type: string
  readonly status: string
  readonly amount: { readonly amount: string; readonly currencyCode: string }
  readonly initiatedAt: string
  readonly order: { readonly id: string } | null
}

/** `gid://shopify/Order/1` → `1`. */
export function numberIn(gid: string): string {
  return /\/(\d+)(?:\?.*)?$/.exec(gid)?.[1] ?? '0'
}

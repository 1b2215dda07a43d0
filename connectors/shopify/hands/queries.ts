/** Everything that is asked of Shopify's Admin API. A test holds each against Shopify's own schema. */
export const SHOP_QUERY = `query Shop {
  shop { id myshopifyDomain currencyCode }
  currentAppInstallation { accessScopes { handle } }
}`

export const SUBSCRIPTIONS_QUERY = `query Subscriptions($after: String) {
  webhookSubscriptions(first: 100, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes { id topic uri format filter includeFields }
  }
}`

export const SUBSCRIBE_MUTATION = `mutation Subscribe($topic: WebhookSubscriptionTopic!, $given: WebhookSubscriptionInput!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: $given) {
    webhookSubscription { id }
    userErrors { field message }
  }
}`

export const RESUBSCRIBE_MUTATION = `mutation Resubscribe($id: ID!, $given: WebhookSubscriptionInput!) {
  webhookSubscriptionUpdate(id: $id, webhookSubscription: $given) {
    webhookSubscription { id }
    userErrors { field message }
  }
}`

export const UNSUBSCRIBE_MUTATION = `mutation Unsubscribe($id: ID!) {
  webhookSubscriptionDelete(id: $id) {
    deletedWebhookSubscriptionId
    userErrors { field message }
  }
}`

const MONEY = '{ shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } }'
const LINE = `{
        id quantity currentQuantity isGiftCard sku
        originalUnitPriceSet ${MONEY}
        discountAllocations { allocatedAmountSet ${MONEY} }
        product @include(if: $withProducts) { id }
        variant @include(if: $withProducts) { id }
      }`
const REFUND_LINE = `{
          quantity restockType
          lineItem { id }
          subtotalSet ${MONEY}
          totalTaxSet ${MONEY}
        }`

/** What a refund holds is asked apart: few orders have one, and a page has to fit into 1,000 points. */
export const ORDERS_QUERY = `query Orders(
  $query: String!, $after: String, $sortKey: OrderSortKeys!, $withProducts: Boolean!, $withDisputes: Boolean!
) {
  orders(first: 20, after: $after, query: $query, sortKey: $sortKey) {
    pageInfo { hasNextPage endCursor }
    nodes {
      id name test tags sourceName discountCodes statusPageUrl
      createdAt processedAt updatedAt cancelledAt displayFinancialStatus
      currencyCode taxesIncluded email phone
      totalPriceSet ${MONEY}
      subtotalPriceSet ${MONEY}
      customer {
        id firstName lastName
        defaultEmailAddress { emailAddress }
        defaultPhoneNumber { phoneNumber }
        defaultAddress { countryCodeV2 }
      }
      billingAddress { countryCodeV2 }
      shippingAddress { countryCodeV2 }
      lineItems(first: 9) { pageInfo { hasNextPage endCursor } nodes ${LINE} }
      refunds { id }
      disputes @include(if: $withDisputes) { id }
    }
  }
}`

export const LINES_QUERY = `query Lines($id: ID!, $after: String, $withProducts: Boolean!) {
  order(id: $id) {
    lineItems(first: 100, after: $after) { pageInfo { hasNextPage endCursor } nodes ${LINE} }
  }
}`

export const REFUNDS_QUERY = `query Refunds($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on Refund {
      id
      refundLineItems(first: 20) { pageInfo { hasNextPage endCursor } nodes ${REFUND_LINE} }
      refundShippingLines(first: 20) { nodes { subtotalAmountSet ${MONEY} taxAmountSet ${MONEY} } }
      orderAdjustments(first: 20) { nodes { amountSet ${MONEY} taxAmountSet ${MONEY} } }
      transactions(first: 20) { nodes { id kind status amountSet ${MONEY} } }
      duties { amountSet ${MONEY} }
    }
  }
}`

export const REFUND_LINES_QUERY = `query RefundLines($id: ID!, $after: String) {
  node(id: $id) {
    ... on Refund {
      refundLineItems(first: 100, after: $after) { pageInfo { hasNextPage endCursor } nodes ${REFUND_LINE} }
    }
  }
}`

export const DISPUTE_QUERY = `query Dispute($id: ID!) {
  dispute(id: $id) { legacyResourceId type status amount { amount currencyCode } initiatedAt order { id } }
}`

const DISCOUNT_NODE = '{ id codeDiscount { ... on DiscountCodeBasic { title tags asyncUsageCount } } }'

export const DISCOUNT_BY_CODE = `query DiscountByCode($code: String!) {
  codeDiscountNodeByCode(code: $code) ${DISCOUNT_NODE}
}`

export const CREATE_DISCOUNT = `mutation CreateDiscount($basicCodeDiscount: DiscountCodeBasicInput!) {
  discountCodeBasicCreate(basicCodeDiscount: $basicCodeDiscount) {
    codeDiscountNode ${DISCOUNT_NODE}
    userErrors { field code message }
  }
}`

export const END_DISCOUNT = `mutation EndDiscount($id: ID!) {
  discountCodeDeactivate(id: $id) {
    codeDiscountNode ${DISCOUNT_NODE}
    userErrors { field code message }
  }
}`

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

import { describeShopifyOtherWays } from './shopify-other-ways-suite.ts'

describeShopifyOtherWays('SQLite', () => undefined)

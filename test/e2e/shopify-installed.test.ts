import { describeShopifyInstalled } from './shopify-installed-suite.ts'

describeShopifyInstalled('SQLite', () => undefined)

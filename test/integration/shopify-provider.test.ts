import { openTempStore } from '../helpers/sqlite-store.ts'
import { describeShopifyProvider } from './shopify-provider-suite.ts'

describeShopifyProvider('SQLite', () => openTempStore())

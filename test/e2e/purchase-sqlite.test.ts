import { describePurchases } from './purchase-suite.ts'

describePurchases('SQLite', () => undefined)

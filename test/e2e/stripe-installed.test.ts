import { describeStripeInstalled } from './stripe-installed-suite.ts'

describeStripeInstalled('SQLite', () => undefined)

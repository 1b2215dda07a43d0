import { describeWooInstalled } from './woocommerce-installed-suite.ts'

describeWooInstalled('SQLite', () => undefined)

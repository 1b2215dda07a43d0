import { openTempStore } from '../helpers/sqlite-store.ts'
import { describeWooCommerce } from './woocommerce-suite.ts'

describeWooCommerce('SQLite', openTempStore)

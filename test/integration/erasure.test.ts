import { openTempStore } from '../helpers/sqlite-store.ts'
import { describeErasure } from './erasure-suite.ts'

describeErasure('SQLite', openTempStore)

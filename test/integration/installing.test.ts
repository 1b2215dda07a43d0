import { openTempStore } from '../helpers/sqlite-store.ts'
import { describeInstalling } from './installing-suite.ts'

describeInstalling('SQLite', () => openTempStore())

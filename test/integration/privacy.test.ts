import { openApiStore } from '../helpers/api-store.ts'
import { describePrivacy } from './privacy-suite.ts'

describePrivacy('SQLite', () => openApiStore())

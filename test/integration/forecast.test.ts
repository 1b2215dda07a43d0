import { openTempStore } from '../helpers/sqlite-store.ts'
import { describeForecast } from './forecast-suite.ts'

describeForecast('SQLite', openTempStore)

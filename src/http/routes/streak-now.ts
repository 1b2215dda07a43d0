import { findRow } from '../../commit/planned.ts'
import { streakNow } from '../../engine/views/streak-now.ts'
import { invalid } from '../../errors.ts'
import { readUuid } from '../../read/values.ts'
import { recordNotFound } from '../../setup/change-row.ts'
import type { HttpDeps } from '../deps.ts'
import { COUNT_SCHEMA, INSTANT_SCHEMA, UUID_SCHEMA } from '../json/json-schema.ts'
import { instantJson } from '../json/write-json.ts'
import type { Question } from '../resource.ts'

const properties = {
  periodKey: { type: 'string', description: 'The period of now, by the time zone of the streak.' },
  periodEndAt: INSTANT_SCHEMA,
  running: { ...COUNT_SCHEMA, description: 'Members whose count is above 0: `done` and `atRisk` together.' },
  done: { ...COUNT_SCHEMA, description: 'Members who completed the period.' },
  atRisk: {
    ...COUNT_SCHEMA,
    description: 'Members whose count is above 0 and who have not completed the period yet.',
  },
  capped: { type: 'boolean', description: '`done` and `atRisk` are each counted up to 100,000.' },
} as const

/** How many members stand how on a streak. */
export function streakNowQuestion({ store }: Pick<HttpDeps, 'store'>): Question {
  return {
    summary: 'Count who keeps a streak now',
    parameters: { streakId: UUID_SCHEMA },
    answers: {
      name: 'StreakNow',
      schema: { type: 'object', required: Object.keys(properties), properties },
    },
    fails: ['NOT_FOUND', 'QUERY_TOO_EXPENSIVE', 'OVERLOADED'],
    async run({ caller: { accountId }, now }, given) {
      const text = given.get('streakId')
      if (text === undefined) throw invalid('streakId', 'is required')
      const id = readUuid(text)
      if (!id.ok) throw invalid('streakId', id.message)
      const streak = await findRow(store, 'streak', accountId, id.value)
      if (streak === null) throw recordNotFound('streak')
      const { period, done, atRisk, capped } = await streakNow(store, streak, now)
      return {
        periodKey: period.key,
        periodEndAt: instantJson(period.endAt),
        ...{ running: done + atRisk, done, atRisk, capped },
      }
    },
  }
}

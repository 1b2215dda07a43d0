import { newRow } from '../../setup/change-row.ts'
import { createStreak, deleteStreak, patchStreak } from '../../setup/streak.ts'
import type { HttpDeps } from '../deps.ts'
import { streakForEndUsers } from '../end-user-views.ts'
import type { Resource } from '../resource.ts'
import { forecastAction } from './forecast.ts'
import { streakNowQuestion } from './streak-now.ts'
import { streakShape } from './streak-shape.ts'

export function streakResource(
  deps: Pick<HttpDeps, 'store' | 'newId' | 'forecast' | 'connectors'>,
): Resource<'streak'> {
  const { store, newId } = deps
  const { fields, bodies, readCreate, readPatch, json } = streakShape
  return {
    slug: 'streak',
    isTagged: true,
    noun: 'streak',
    collection: 'streak',
    fields,
    bodies,
    allows: ['list', 'create', 'get', 'patch', 'delete'],
    refuses: {},
    endUser: streakForEndUsers,
    questions: { now: streakNowQuestion(deps) },
    bulkActions: { forecast: forecastAction(deps) },
    fails: { patch: ['FIELD_IS_FIXED'], delete: ['STREAK_HAS_LOGS', 'STREAK_IN_USE'] },
    async create({ caller: { accountId }, now, log }, body) {
      const row = await createStreak(store, { ...newRow(newId(), accountId, now), ...readCreate(body) })
      log({ streakId: row.id })
      return json(row)
    },
    async patch({ caller: { accountId }, now }, id, body) {
      return json(await patchStreak(store, accountId, id, now, readPatch(body)))
    },
    remove: ({ caller }, id) => deleteStreak(store, caller.accountId, id),
  }
}

import type { Story } from './story.ts'

const LOGS = '/schema/streak_log/record'
const UNKNOWN_ID = '01936f2e-0e5a-7c3b-9a41-5d0f6b1c2a37'

/** The refusals that backends meet most. */
export const refusals: Story = async (teller) => {
  teller.at('2025-11-17T08:00:00Z')
  const streak = await teller.create('streak', {
    name: 'A purchase a day',
    status: 'live',
    aggregationMethod: 'count',
    aggregationTargetValue: 1,
  })
  const log = {
    streakId: streak.id,
    ownedBy: { externalId: 'customer_1042' },
    activityAt: '2025-11-17T14:32:00Z',
    activityId: 'made_a_purchase',
    uniqueIdentifier: 'order_98213',
  }
  teller.at('2025-11-17T14:32:05Z')
  await teller.create('streak_log', log)

  await teller.refused('INVALID_INPUT', 'POST', LOGS, { ...log, activityAt: '2025-11-17T14:32:00' })
  await teller.refused('UNKNOWN_FIELD', 'POST', LOGS, { ...log, activitiId: log.activityId })
  await teller.refused('REFERENCE_NOT_FOUND', 'POST', LOGS, { ...log, streakId: UNKNOWN_ID })
  await teller.refused('DUPLICATE_STREAK_LOG', 'POST', LOGS, log)
  await teller.refused('DUPLICATE_VALUE', 'POST', '/schema/account_user/record', log.ownedBy)
  const filters = JSON.stringify({ fieldSlug: 'activityId', operator: 'EQUALS', value: log.activityId })
  await teller.refused('FILTER_NOT_SELECTIVE', 'GET', `${LOGS}?${new URLSearchParams({ filters })}`)
}

import type { Shown, Story } from './story.ts'

const COMPLETING: Shown = {
  name: 'weeklySteps',
  summary: 'Fitness: the steps that bring the week to 70,000 complete it',
}

/** 70,000 steps a week: the log that gets there completes the week. */
export const weeklySteps: Story = async (teller) => {
  teller.at('2025-11-16T18:00:00Z')
  const streak = await teller.create(
    'streak',
    {
      name: '70,000 steps a week',
      status: 'live',
      aggregationMethod: 'sum',
      aggregationPeriod: 'weekly',
      aggregationTargetValue: 70_000,
      weekStartsOn: 'monday',
    },
    { name: 'weeklySteps', summary: '70,000 steps a week (sum)' },
  )
  const workout = (at: string, uniqueIdentifier: string, activityValue: number, shown?: Shown) => {
    teller.at(`${at}:05Z`)
    return teller.create(
      'streak_log',
      {
        streakId: streak.id,
        ownedBy: { externalId: 'runner_3' },
        activityAt: `${at}:00Z`,
        activityId: 'completed_workout',
        uniqueIdentifier,
        activityValue,
      },
      shown,
    )
  }
  await workout('2025-11-21T21:00', 'session_4411', 61_250)
  await workout('2025-11-22T19:40', 'session_4423', 9_400, COMPLETING)
}

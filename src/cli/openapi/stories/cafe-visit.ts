import type { Shown, Story } from './story.ts'

const SEVENTH: Shown = {
  name: 'seventhVisit',
  summary: 'Food & beverage: the seventh day in a row crosses a milestone',
}

/** A visit a day: the seventh in a row crosses a milestone, whose reward the café fulfils itself. */
export const cafeVisit: Story = async (teller) => {
  teller.at('2025-11-17T07:00:00Z')
  const streak = await teller.create(
    'streak',
    {
      name: 'A coffee a day',
      status: 'live',
      aggregationMethod: 'count',
      aggregationPeriod: 'daily',
      aggregationTargetValue: 1,
      timezone: 'UTC',
    },
    { name: 'cafeVisit', summary: 'A café visit a day (count)' },
  )

  teller.at('2025-11-17T07:01:00Z')
  await teller.create(
    'milestone',
    {
      linkedSchemaRecordId: streak.id,
      name: '7 days in a row',
      status: 'live',
      milestoneMetric: 'consecutive_count',
      milestoneTargetValue: 7,
      eudMilestoneRewardInstructionMessage: 'Show this code at the counter for a free coffee.',
    },
    { name: 'sevenDays', summary: 'Seven completed days in a row, fulfilled by your backend' },
  )
  teller.at('2025-11-17T07:02:00Z')
  await teller.create('milestone', {
    linkedSchemaRecordId: streak.id,
    name: '30 days in a row',
    status: 'live',
    milestoneMetric: 'consecutive_count',
    milestoneTargetValue: 30,
  })

  const visit = (day: number, shown?: Shown) => {
    teller.at(`2025-11-${day}T08:15:04Z`)
    return teller.create(
      'streak_log',
      {
        streakId: streak.id,
        ownedBy: { externalId: 'guest_77', phoneNumber: '+14155552671' },
        activityAt: `2025-11-${day}T08:15:00Z`,
        activityId: 'visited_store',
        uniqueIdentifier: `visit_50${day}`,
      },
      shown,
    )
  }
  for (const day of [17, 18, 19, 20, 21, 22]) await visit(day)
  const { achievedMilestoneRewardLog } = await visit(23, SEVENTH)

  teller.at('2025-11-23T08:15:06Z')
  await teller.patch(
    'reward_log',
    achievedMilestoneRewardLog?.id ?? '',
    { couponCode: 'FREE-COFFEE-7Q2K', rewardExpiryAt: '2025-12-23T23:59:59Z' },
    { name: 'fulfilled', summary: 'The coupon that your backend made' },
  )
}

import type { Story } from './story.ts'

/** An order a day: one purchase completes the day. */
export const dailyPurchase: Story = async (teller) => {
  teller.at('2025-11-17T08:00:00Z')
  const streak = await teller.create(
    'streak',
    {
      name: 'A purchase a day',
      status: 'live',
      aggregationMethod: 'count',
      aggregationPeriod: 'daily',
      aggregationTargetValue: 1,
    },
    { name: 'dailyPurchase', summary: 'A purchase a day (count)' },
  )

  teller.at('2025-11-17T14:32:05Z')
  await teller.create(
    'streak_log',
    {
      streakId: streak.id,
      ownedBy: { externalId: 'customer_1042', email: 'customer.1042@example.com' },
      activityAt: '2025-11-17T14:32:00Z',
      activityId: 'made_a_purchase',
      uniqueIdentifier: 'order_98213',
    },
    { name: 'dailyPurchase', summary: 'E-commerce: the purchase of the day completes the day' },
  )
}

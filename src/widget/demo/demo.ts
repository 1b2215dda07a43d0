/**
 * The page that shows the widget. With `#account=…&streak=…&token=…` in its address it shows a shopper's own streak as
 * this server knows it: what stands behind the `#` is never sent. Without it, two shoppers of the demo's week.
 */
interface Widget extends HTMLElement {
  show(shown: unknown): void
}

const DAY = 86_400_000
const milestone = (name: string, milestoneTargetValue: number) => ({
  name,
  milestoneTargetValue,
  milestoneMetric: 'consecutive_count',
  eudMilestoneRewardInstructionMessage: null,
})
const today = Math.floor(Date.now() / DAY) * DAY
const daysAgo = (...days: readonly number[]) =>
  days.map((ago) => ({
    periodStartAt: new Date(today - ago * DAY).toISOString(),
    streakProgressStatus: 'completed',
  }))
const coupon = (couponCode: string, name: string, inDays: number) => ({
  couponCode,
  rewardExpiryAt: new Date(today + inDays * DAY).toISOString(),
  fulfilmentStatus: 'issued',
  milestone: { name },
})
const streak = {
  id: 'seven',
  name: '7 days in a row',
  description: 'A purchase a day; 10 % off at 3 in a row, 20 % off at 7.',
  aggregationPeriod: 'daily',
  timezone: 'UTC',
  weekStartsOn: 'monday',
}
const milestones = [milestone('3 in a row', 3), milestone('7 in a row', 7)]
const endOfToday = new Date(today + DAY).toISOString()

const SHOPPERS = [
  {
    streak,
    memberStreak: {
      currentConsecutiveCount: 7,
      currentProgressValue: 1,
      currentPeriodEndAt: endOfToday,
      streakStatus: 'active',
      nextMilestone: null,
    },
    progress: daysAgo(0, 1, 2, 3, 4, 5, 6),
    milestones,
    rewards: [coupon('769K6-FW368-YMDCX', '3 in a row', 30), coupon('9P68V-4GG4X-T5P89', '7 in a row', 30)],
  },
  {
    streak,
    memberStreak: {
      currentConsecutiveCount: 2,
      currentProgressValue: 0,
      currentPeriodEndAt: endOfToday,
      streakStatus: 'at_risk',
      nextMilestone: milestones[0],
    },
    progress: daysAgo(1, 2, 5, 6),
    milestones,
    rewards: [],
  },
]

const place = document.querySelector<HTMLElement>('#shown')!
const given = new URLSearchParams(location.hash.slice(1))

if (given.has('token')) {
  document.querySelector('#about')!.textContent = 'A shopper’s streak, as this server knows it.'
  const widget = document.createElement('streakline-streak')
  for (const name of ['account', 'streak', 'token']) widget.setAttribute(name, given.get(name) ?? '')
  place.append(widget)
} else {
  for (const shopper of SHOPPERS) {
    const widget = document.createElement('streakline-streak') as Widget
    place.append(widget)
    widget.show(shopper)
  }
}

const language = document.querySelector<HTMLSelectElement>('#language')!
language.addEventListener('change', () => {
  for (const widget of place.children) widget.setAttribute('lang', language.value)
})

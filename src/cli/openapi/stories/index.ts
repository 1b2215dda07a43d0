import { cafeVisit } from './cafe-visit.ts'
import { dailyPurchase } from './daily-purchase.ts'
import { refusals } from './refusals.ts'
import type { Story } from './story.ts'
import { weeklySteps } from './weekly-steps.ts'

/** The stories that the examples of the API document are taken from, in its order. */
export const STORIES: Readonly<Record<string, Story>> = { dailyPurchase, cafeVisit, weeklySteps, refusals }

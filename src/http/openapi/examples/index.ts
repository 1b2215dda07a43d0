import type { JsonSchema } from '../../json/json-schema.ts'
import type { Verb } from '../../resource.ts'
import { cafeVisit } from './cafe-visit.ts'
import { dailyPurchase } from './daily-purchase.ts'
import type { Step } from './step.ts'
import { weeklySteps } from './weekly-steps.ts'

/** The stories that the examples are taken from; they can be played in any order. */
export const STORIES: Readonly<Record<string, readonly Step[]>> = { dailyPurchase, cafeVisit, weeklySteps }

const METHOD_OF: Readonly<Partial<Record<Verb, Step['method']>>> = { create: 'POST', patch: 'PATCH' }

function stepsOf(slug: string, verb: Verb): Step[] {
  return Object.values(STORIES)
    .flat()
    .filter(({ method, path }) => method === METHOD_OF[verb] && path.startsWith(`/schema/${slug}/record`))
}

function examples(slug: string, verb: Verb, pick: (step: Step) => unknown): { examples?: JsonSchema } {
  const shown = stepsOf(slug, verb).flatMap((step) => {
    const { example } = step
    return example === undefined ? [] : [[example.name, { summary: example.summary, value: pick(step) }]]
  })
  return shown.length === 0 ? {} : { examples: Object.fromEntries(shown) }
}

export function bodyExamples(slug: string, verb: Verb): { examples?: JsonSchema } {
  return examples(slug, verb, ({ body }) => body)
}

export function responseExamples(slug: string, verb: Verb): { examples?: JsonSchema } {
  return examples(slug, verb, ({ answer }) => answer)
}

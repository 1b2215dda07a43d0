import type { z } from 'zod'
import { findRow } from '../../commit/planned.ts'
import { AppError, invalid, referenceNotFound } from '../../errors.ts'
import type { ConnectorRule } from '../../ports/schema/values.ts'
import { type Forecast, type ForecastMilestone, INCOMPLETE_CODES } from '../../setup/forecast/types.ts'
import { checkMilestoneRules, REPEATS_OF } from '../../setup/milestone.ts'
import { checkAtRiskHours, checkStreakTarget, timezoneOf } from '../../setup/streak.ts'
import { periodAt } from '../../streaks/period.ts'
import type { HttpDeps } from '../deps.ts'
import { COUNT_SCHEMA, INSTANT_SCHEMA, orNull, QUANTITY_SCHEMA, UUID_SCHEMA } from '../json/json-schema.ts'
import { instantJson, type JsonObject, nullable, quantityJson } from '../json/write-json.ts'
import { checkCreate } from '../read/check.ts'
import { zInstant, zList, zObject, zText, zUuid } from '../read/zod.ts'
import type { BulkAction } from '../resource.ts'
import { checkRule, RULE_NULLS, zRule } from './connector-rules.ts'
import { platformOf } from './connector-shape.ts'
import { milestoneShape } from './milestone-shape.ts'
import { rewardSpec, zReward } from './reward-spec.ts'
import { streakShape } from './streak-shape.ts'

const MAX_MILESTONES = 50
const MAX_RULES = 50
/** Ten years of days. */
const MAX_PERIODS = 3_660
const NOBODY = '00000000-0000-0000-0000-000000000000'

const zName = zText(256).optional()
const streakBody = (streakShape.bodies.create as z.ZodObject).extend({ name: zName })
const milestoneBody = (milestoneShape.bodies.create as z.ZodObject)
  .omit({ linkedSchemaSlug: true, linkedSchemaRecordId: true })
  .extend({ name: zName, reward: zReward.extend({ providerId: zUuid.optional() }).optional() })
const ruleBody = zRule.omit({ streakId: true }).extend({ connectorId: zUuid, streakId: zUuid.optional() })
const forecastBody = zObject({
  streak: streakBody,
  milestones: zList(milestoneBody, 0, MAX_MILESTONES).default([]),
  rules: zList(ruleBody, 1, MAX_RULES),
  since: zInstant,
  until: zInstant.optional(),
})

type StreakInput = Omit<ReturnType<typeof streakShape.readCreate>, 'name'>
type MilestoneInput = Omit<ReturnType<typeof milestoneShape.readCreate>, 'reward'> & {
  readonly reward?: Omit<z.output<typeof zReward>, 'providerId'> & { readonly providerId?: string }
}

const closed = (properties: Readonly<Record<string, object>>) =>
  ({ type: 'object', required: Object.keys(properties), properties }) as const

const amount = closed({
  value: QUANTITY_SCHEMA,
  currency: { type: 'string' },
  estimated: {
    type: 'boolean',
    description: 'A percentage of the average counted order; a fixed amount is no estimate.',
  },
})
const forecastSchema = closed({
  orders: { ...COUNT_SCHEMA, description: 'Distinct purchases that count, as the orders stand now.' },
  members: { ...COUNT_SCHEMA, description: 'Distinct buyers of those.' },
  periods: { ...COUNT_SCHEMA, description: 'Completed periods, summed over members.' },
  longest: { ...COUNT_SCHEMA, description: 'The highest count that any member reached.' },
  rewards: {
    type: 'array',
    description: 'One for each milestone, in their order.',
    items: closed({
      milestone: { ...COUNT_SCHEMA, description: 'Its place, from 0.' },
      count: COUNT_SCHEMA,
      members: COUNT_SCHEMA,
      amount: orNull(amount),
    }),
  },
  byPeriod: {
    type: 'array',
    description: 'Each period from that of `since` to that of `until`, empty ones too.',
    items: closed({
      key: { type: 'string' },
      startsAt: INSTANT_SCHEMA,
      endsAt: INSTANT_SCHEMA,
      orders: COUNT_SCHEMA,
      members: COUNT_SCHEMA,
      completed: COUNT_SCHEMA,
      rewards: COUNT_SCHEMA,
    }),
  },
  atRiskNow: { ...COUNT_SCHEMA, description: 'Members that are `at_risk` at `until`.' },
  complete: { type: 'boolean' },
  incomplete: {
    type: 'array',
    description: 'What is not known, and why; empty where `complete` is true.',
    items: closed({
      connectorId: UUID_SCHEMA,
      code: { type: 'string', enum: INCOMPLETE_CODES },
      message: { type: 'string' },
    }),
  },
})

/** What a streak would have come to on past orders. */
export function forecastAction({
  store,
  forecast,
  connectors,
}: Pick<HttpDeps, 'store' | 'forecast' | 'connectors'>): BulkAction {
  return {
    summary: 'Forecast a streak on past orders',
    body: forecastBody,
    answers: { name: 'StreakForecast', schema: forecastSchema },
    status: 200,
    fails: ['REFERENCE_NOT_FOUND'],
    async run({ caller: { accountId }, now }, body) {
      const given = checkCreate(forecastBody, body, RULE_NULLS)
      const { since, until = now } = given
      if (since >= until) throw invalid('since', 'must lie before until')
      const input = given.streak as unknown as StreakInput
      const { atRiskHours, ...own } = input
      within('streak', () => {
        checkStreakTarget(own)
        checkAtRiskHours({ ...own, atRiskHours })
      })
      const streak = { ...own, timezone: own.timezone ?? (await timezoneOf(store, accountId)) }
      if (periodAt(streak, until).number - periodAt(streak, since).number >= MAX_PERIODS) {
        throw invalid('since', `must lie less than ${MAX_PERIODS} periods before until`)
      }
      const milestones = (given.milestones as unknown as MilestoneInput[]).map((each, place) =>
        within(`milestones.${place}`, () => milestoneOf(each, place, streak)),
      )
      const rules: { connectorId: string; rule: ConnectorRule }[] = []
      for (const [place, { connectorId, ...rule }] of given.rules.entries()) {
        const connector = await findRow(store, 'connector', accountId, connectorId)
        if (connector === null) throw referenceNotFound(`rules.${place}.connectorId`, 'connector')
        const platform = platformOf(connectors, connector.platform)
        rules.push({
          connectorId,
          rule: checkRule({ ...rule, streakId: NOBODY }, `rules.${place}`, platform),
        })
      }
      return forecastJson(await forecast(accountId, { streak, milestones, rules, since, until }))
    },
  }
}

/** All of them act, whatever their status: they are what might be. */
function milestoneOf(
  input: MilestoneInput,
  place: number,
  streak: Parameters<typeof checkMilestoneRules>[1],
): ForecastMilestone {
  const { milestoneTargetValue, milestoneMetric, reward } = input
  const milestoneRepeat = input.milestoneRepeat ?? REPEATS_OF[milestoneMetric][0]
  const rules = { milestoneTargetValue, milestoneMetric, milestoneRepeat }
  checkMilestoneRules(rules, streak)
  const discount = reward === undefined ? null : rewardSpec({ providerId: NOBODY, ...reward }).discount
  // ids are in the order of their places, as those of milestones that are made one after the other
  return { ...rules, id: String(place).padStart(4, '0'), status: 'live', createdAt: place, discount }
}

/** Faults of a part, with its place in the body. */
function within<T>(path: string, check: () => T): T {
  try {
    return check()
  } catch (error) {
    const [detail] = error instanceof AppError && error.code === 'INVALID_INPUT' ? error.details : []
    if (detail === undefined) throw error
    throw invalid(`${path}.${detail.path}`, detail.message)
  }
}

function forecastJson({ rewards, byPeriod, complete, incomplete, atRiskNow, ...sums }: Forecast): JsonObject {
  return {
    ...sums,
    rewards: rewards.map(({ amount, ...reward }) => ({
      ...reward,
      amount: nullable(amount, ({ value, ...rest }) => ({ value: quantityJson(value), ...rest })),
    })),
    byPeriod: byPeriod.map(({ startsAt, endsAt, key, ...counts }) => ({
      key,
      startsAt: instantJson(startsAt),
      endsAt: instantJson(endsAt),
      ...counts,
    })),
    atRiskNow,
    complete,
    incomplete: incomplete.map((each) => ({ ...each })),
  }
}

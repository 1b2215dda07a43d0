import { invalid } from '../../errors.ts'
import {
  type Explanation,
  type OrderQuestion,
  type StreakVerdict,
  VERDICTS,
} from '../../inbox/explain/types.ts'
import type { Instant } from '../../ports/clock.ts'
import type { CheckValue } from '../../ports/connector.ts'
import type { Store } from '../../ports/store.ts'
import { type Reader, readText, readUuid } from '../../read/values.ts'
import { readWaits } from '../../rewards/read-waits.ts'
import type { HttpDeps } from '../deps.ts'
import {
  COUNT_SCHEMA,
  INSTANT_SCHEMA,
  orNull,
  QUANTITY_SCHEMA,
  recordRef,
  UUID_SCHEMA,
} from '../json/json-schema.ts'
import { instantJson, type Json, type JsonObject, nullable, quantityJson } from '../json/write-json.ts'
import { textSchema } from '../read/zod.ts'
import { type Question, rowJson } from '../resource.ts'
import { rewardLogJson } from './reward-log.ts'
import { progressJson } from './streak-progress.ts'
import { withdrawalFields } from './withdrawal.ts'

const MAX_NAME_CHARACTERS = 256
const TEXT = { type: 'string' } as const

function closed(properties: Readonly<Record<string, object>>, ...optional: readonly string[]) {
  const required = Object.keys(properties).filter((name) => !optional.includes(name))
  return { type: 'object', required, properties } as const
}

const listOf = (items: object) => ({ type: 'array', items }) as const
const orderName = { connectorId: UUID_SCHEMA, orderId: TEXT, orderName: orNull(TEXT) }
const checkValue = {
  anyOf: [{ type: ['number', 'string', 'boolean', 'null'] }, { type: 'array', items: TEXT }],
} as const
const checkSchema = closed({
  check: TEXT,
  passed: { type: 'boolean' },
  value: checkValue,
  limit: checkValue,
})
const periodSchema = closed({
  key: TEXT,
  startsAt: INSTANT_SCHEMA,
  endsAt: INSTANT_SCHEMA,
  localTime: INSTANT_SCHEMA,
  timezone: TEXT,
})
const streakSchema = closed({
  streakId: UUID_SCHEMA,
  streakName: TEXT,
  verdict: { type: 'string', enum: VERDICTS },
  because: orNull(TEXT),
  message: TEXT,
  rules: listOf(closed({ ruleIndex: COUNT_SCHEMA, checks: listOf(checkSchema) })),
  period: orNull(periodSchema),
  streakLogId: orNull(UUID_SCHEMA),
  progress: orNull(recordRef('streak progress')),
  withdrawals: listOf(recordRef('withdrawal')),
  rewards: listOf(recordRef('reward log')),
  wouldCountIf: orNull(TEXT),
})
const orderSchema = closed({
  ...orderName,
  activityAt: orNull(INSTANT_SCHEMA),
  total: orNull(QUANTITY_SCHEMA),
  currency: orNull(TEXT),
  externalIds: listOf(TEXT),
})
const explanationSchema = closed(
  {
    order: orNull(orderSchema),
    deliveries: listOf(UUID_SCHEMA),
    streaks: listOf(streakSchema),
    message: orNull(TEXT),
    others: listOf(closed(orderName)),
  },
  'others',
)

const PARAMETERS = {
  orderId: textSchema(MAX_NAME_CHARACTERS),
  orderName: textSchema(MAX_NAME_CHARACTERS),
  connectorId: UUID_SCHEMA,
}

/** Why an order counted, or not: of each streak, in words. */
export function explainQuestion({
  deliveries,
  store,
  clock,
}: Pick<HttpDeps, 'deliveries' | 'store' | 'clock'>): Question {
  return {
    summary: 'Explain an order',
    parameters: PARAMETERS,
    answers: { name: 'OrderExplained', schema: explanationSchema },
    async run({ caller: { accountId } }, given) {
      const explanation = await deliveries.explain(accountId, readQuestion(given))
      return explanationJson(explanation, await readWaitsIn(store, accountId, explanation, clock.now()))
    },
  }
}

/** @throws AppError INVALID_INPUT */
function readQuestion(given: ReadonlyMap<string, string>): OrderQuestion {
  const names = ['orderId', 'orderName'].filter((name) => given.has(name))
  if (names.length === 0) throw invalid('orderId', 'is required, or orderName in its place')
  if (names.length > 1) throw invalid('orderName', 'has no place next to orderId: name the order in one way')
  const read = <T>(name: string, reader: Reader<T>): T | undefined => {
    const text = given.get(name)
    if (text === undefined) return undefined
    if (text.includes('\0')) throw invalid(name, 'must not hold a NUL character')
    const value = reader(text)
    if (!value.ok) throw invalid(name, value.message)
    return value.value
  }
  return {
    orderId: read('orderId', readText(MAX_NAME_CHARACTERS)),
    orderName: read('orderName', readText(MAX_NAME_CHARACTERS)),
    connectorId: read('connectorId', readUuid),
  }
}

/** Why the rewards of an explained order wait. @throws AppError STORE_UNAVAILABLE */
export function readWaitsIn(store: Store, accountId: string, { streaks }: Explanation, now: Instant) {
  const rewards = streaks.flatMap((streak) => streak.rewards.map(({ reward }) => reward))
  return readWaits(store, accountId, rewards, now)
}

type Waits = Awaited<ReturnType<typeof readWaits>>

/** The answer of the API, which is that of the command line too. */
export function explanationJson({ order, streaks, others, ...rest }: Explanation, waits: Waits): JsonObject {
  return {
    order: nullable(order, ({ activityAt, total, ...facts }) => ({
      connectorId: facts.connectorId,
      orderId: facts.orderId,
      orderName: facts.orderName,
      activityAt: nullable(activityAt, instantJson),
      total: nullable(total, quantityJson),
      currency: facts.currency,
      externalIds: facts.externalIds,
    })),
    deliveries: rest.deliveries,
    streaks: streaks.map((streak) => streakJson(streak, waits)),
    message: rest.message,
    ...(others.length === 0 ? {} : { others }),
  }
}

function streakJson(
  { rules, period, progress, withdrawals, rewards, wouldCountIf, ...streak }: StreakVerdict,
  waits: Waits,
): Json {
  return {
    streakId: streak.streakId,
    streakName: streak.streakName,
    verdict: streak.verdict,
    because: streak.because,
    message: streak.message,
    rules: rules.map(({ ruleIndex, checks }) => ({
      ruleIndex,
      checks: checks.map(({ check, passed, value, limit }) => ({
        check,
        passed,
        value: valueJson(value),
        limit: valueJson(limit),
      })),
    })),
    period: nullable(period, ({ startsAt, endsAt, ...named }) => ({
      key: named.key,
      startsAt: instantJson(startsAt),
      endsAt: instantJson(endsAt),
      localTime: named.localTime,
      timezone: named.timezone,
    })),
    streakLogId: streak.streakLogId,
    progress: nullable(progress, progressJson),
    withdrawals: withdrawals.map((row) => rowJson('withdrawal', withdrawalFields, row)),
    rewards: rewards.map(({ reward, milestone }) => rewardLogJson(reward, milestone, waits)),
    wouldCountIf,
  }
}

function valueJson(value: CheckValue): Json {
  return typeof value === 'bigint' ? quantityJson(value) : value
}

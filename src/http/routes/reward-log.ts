import type { FulfilmentStatus } from '../../ports/schema/values.ts'
import type { Row } from '../../ports/schema.ts'
import { bad, readText } from '../../read/values.ts'
import { readWaits } from '../../rewards/read-waits.ts'
import { WAIT_CODES, type Wait, waitOf } from '../../rewards/wait.ts'
import type { HttpDeps } from '../deps.ts'
import { rewardLogForEndUsers } from '../end-user-views.ts'
import { INSTANT_SCHEMA, orNull, recordRef } from '../json/json-schema.ts'
import { instantJson, type Json, type JsonObject, nullable } from '../json/write-json.ts'
import { checkCreate } from '../read/check.ts'
import { PRINTABLE, textSchema, zInstant, zObject, zRead } from '../read/zod.ts'
import type { Action, Resource } from '../resource.ts'
import { shapeOf } from '../shape.ts'
import { milestoneShape } from './milestone-shape.ts'
import { abandonSchema } from './replay.ts'
import { rewardSpecJson, rewardSpecSchema } from './reward-spec.ts'

/** Until then the code is nobody's business: the coupon may not exist. */
const CODE_SHOWN: readonly FulfilmentStatus[] = ['issued', 'revoking', 'revoked']

const MAX_CODE_CHARACTERS = 128
const zCouponCode = zRead<string>(
  (value) => {
    const text = readText(MAX_CODE_CHARACTERS)(value)
    return text.ok && /\p{Cc}/u.test(text.value) ? bad('must not hold control characters') : text
  },
  { ...textSchema(MAX_CODE_CHARACTERS), pattern: PRINTABLE },
)

const waitSchema = {
  type: 'object',
  required: ['code', 'message', 'until'],
  properties: {
    code: { type: 'string', enum: WAIT_CODES },
    message: { type: 'string' },
    until: orNull(INSTANT_SCHEMA),
  },
} as const

function waitJson(wait: Wait | null | undefined): Json {
  return nullable(wait ?? null, ({ until, ...rest }) => ({ ...rest, until: nullable(until, instantJson) }))
}

const rewardLogShape = shapeOf('reward_log', {
  linkedSchemaSlug: {},
  linkedSchemaRecordId: {},
  milestoneId: {},
  milestone: { schema: orNull(recordRef('milestone')) },
  ownedById: {},
  streakLogId: {},
  periodKey: {},
  couponCode: {
    patch: zCouponCode.nullable().optional(),
    show: ({ couponCode, fulfilmentStatus }) => (CODE_SHOWN.includes(fulfilmentStatus) ? couponCode : null),
  },
  rewardIssuedAt: { patch: zInstant.nullable().optional() },
  rewardExpiryAt: { patch: zInstant.nullable().optional() },
  fulfilmentStatus: {},
  heldReason: {},
  fulfilAfter: {},
  // what is known of a reward by its own record; whoever reads rewards is told more
  waitsFor: { schema: orNull(waitSchema), show: (row) => waitJson(waitOf(row, { now: row.updatedAt })) },
  failureReason: {},
  couponUsed: {},
  redeemedAt: {},
  redeemedOrderId: {},
  reward: {
    schema: orNull(rewardSpecSchema),
    show: ({ reward }) => nullable(reward, rewardSpecJson),
  },
  onWithdrawal: {},
})

/**
 * A reward log with the milestone it was granted for; null when that is gone.
 * @param waits why rewards wait, where that was read: else it says what the record itself knows
 */
export function rewardLogJson(
  row: Row<'reward_log'>,
  milestone: Row<'milestone'> | null,
  waits?: ReadonlyMap<string, Wait>,
): JsonObject {
  return {
    ...rewardLogShape.json(row),
    ...(waits === undefined ? {} : { waitsFor: waitJson(waits.get(row.id)) }),
    milestone: nullable(milestone, milestoneShape.json),
  }
}

const replaySchema = zObject({})

const BY_PLATFORM = 'Reward logs are created by the platform when a streak log crosses a milestone'
const PERMANENT = 'Reward logs are permanent: they say what was earned'

export function rewardLogResource({
  store,
  clock,
  rewards,
}: Pick<HttpDeps, 'store' | 'clock' | 'rewards'>): Resource<'reward_log'> {
  const { fields, bodies, readPatch, json } = rewardLogShape
  async function withMilestones(
    accountId: string,
    rows: readonly Row<'reward_log'>[],
    waits: ReadonlyMap<string, Wait>,
  ): Promise<JsonObject[]> {
    const keys = [...new Set(rows.map((row) => row.milestoneId))].map((id) => [accountId, id])
    const milestones = await store.findByKeys('milestone', ['accountId', 'id'], keys)
    const byId = new Map(milestones.map((milestone) => [milestone.id, milestone]))
    return rows.map((row) => rewardLogJson(row, byId.get(row.milestoneId) ?? null, waits))
  }

  const waitsOf = (accountId: string, rows: readonly Row<'reward_log'>[]) =>
    readWaits(store, accountId, rows, clock.now())

  const answered = async (accountId: string, row: Row<'reward_log'>): Promise<JsonObject> =>
    (await withMilestones(accountId, [row], await waitsOf(accountId, [row])))[0] ?? {}
  const replay: Action = {
    summary: 'Try a failed reward again',
    body: replaySchema,
    answers: 'reward log',
    status: 200,
    fails: ['NOT_FOUND', 'REWARD_HELD', 'REWARD_REVOKED'],
    async run({ caller: { accountId }, log }, id, body) {
      checkCreate(replaySchema, body)
      log({ rewardLogId: id })
      return answered(accountId, await rewards.replay(accountId, id))
    },
  }
  const abandon: Action = {
    summary: 'Abandon the coupon of a reward',
    body: abandonSchema,
    answers: 'reward log',
    status: 200,
    fails: ['NOT_FOUND', 'CONFLICT', 'REWARD_REVOKED'],
    async run({ caller: { accountId }, log }, id, body) {
      const { reason } = checkCreate(abandonSchema, body)
      log({ rewardLogId: id })
      return answered(accountId, await rewards.abandon(accountId, id, reason))
    },
  }

  return {
    slug: 'reward_log',
    noun: 'reward log',
    collection: 'reward_log',
    fields,
    bodies,
    allows: ['list', 'get', 'patch'],
    refuses: { create: BY_PLATFORM, delete: PERMANENT },
    endUser: rewardLogForEndUsers,
    fails: {
      patch: ['FIELD_IS_FIXED', 'DUPLICATE_VALUE', 'REWARD_BEING_FULFILLED', 'REWARD_HELD', 'REWARD_REVOKED'],
    },
    ledger: true,
    async present(rows, { accountId, wants }) {
      const waits = wants('waitsFor') ? await waitsOf(accountId, rows) : new Map<string, Wait>()
      if (wants('milestone')) return withMilestones(accountId, rows, waits)
      return rows.map((row) => ({ ...json(row), waitsFor: waitJson(waits.get(row.id)) }))
    },
    async patch({ caller: { accountId }, log }, id, body) {
      const given = readPatch(body)
      log({ rewardLogId: id })
      const patch = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
      return answered(accountId, await rewards.patch(accountId, id, patch))
    },
    actions: { replay, abandon },
  }
}

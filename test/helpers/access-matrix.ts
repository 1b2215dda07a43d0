import { randomUUID } from 'node:crypto'
import { newBackfill } from '../../src/backfill/rows.ts'
import type { Verb } from '../../src/http/resource.ts'
import { insert } from '../../src/ports/changes.ts'
import { newMessage } from '../../src/telling/teller.ts'
import type { Answer, Api, Body, Client } from './api.ts'
import { connectorBody, logBody, rewardOf, type Shop, streakBody, WEBHOOK_SECRET } from './shop.ts'

/**
 * Who may do what, written by hand: each resource, each verb, each caller. The record that is asked for belongs to one
 * shop, and where it belongs to a member, to Ada.
 */

/** A list that holds the record, and one that does not. */
export const SEES = 'sees it'
export const BLIND = 'does not see it'
export type Outcome = number | typeof SEES | typeof BLIND

/** Callers whose credentials are good. All others get 401, whatever they ask. */
export const CALLERS = ['backend', 'other backend', 'Ada', 'Bob', 'nobody yet', 'other Ada'] as const
export type CallerName = (typeof CALLERS)[number]

/**
 * In the order of `CALLERS`; the last four are end users: Ada, another member, a customer who never bought, a member of
 * the other shop.
 */
type Row = readonly [Outcome, Outcome, Outcome, Outcome, Outcome, Outcome]

const closed = (backend: Outcome, otherBackend: Outcome): Row => [backend, otherBackend, 403, 403, 403, 403]
const NEVER = closed(405, 405)
/** For whoever is signed in to the console: `console-roles.ts`. */
const NOBODY = closed(403, 403)
const CONFIGURED_LIST: Row = [SEES, BLIND, SEES, SEES, SEES, BLIND]
const CONFIGURED_GET: Row = [200, 404, 200, 200, 200, 404]
const OWN_LIST: Row = [SEES, BLIND, SEES, BLIND, BLIND, BLIND]
const OWN_GET: Row = [200, 404, 200, 404, 404, 404]
const BACKEND_LIST = closed(SEES, BLIND)
const BACKEND_GET = closed(200, 404)
const BACKEND_PATCH = closed(200, 404)
const BACKEND_DELETE = closed(204, 404)
/** Makes a record in whichever account calls. */
const CREATE = closed(201, 201)
/** The body names records of the one shop, which do not exist for the other. */
const CREATE_BY_REFERENCE = closed(201, 400)

export const ACCESS: Readonly<Record<string, Readonly<Record<Verb, Row>>>> = {
  streak: {
    list: CONFIGURED_LIST,
    create: CREATE,
    get: CONFIGURED_GET,
    patch: BACKEND_PATCH,
    delete: BACKEND_DELETE,
  },
  milestone: {
    list: CONFIGURED_LIST,
    create: CREATE_BY_REFERENCE,
    get: CONFIGURED_GET,
    patch: BACKEND_PATCH,
    delete: BACKEND_DELETE,
  },
  streak_progress: { list: OWN_LIST, create: NEVER, get: OWN_GET, patch: NEVER, delete: NEVER },
  member_streak: { list: OWN_LIST, create: NEVER, get: OWN_GET, patch: NEVER, delete: NEVER },
  reward_log: { list: OWN_LIST, create: NEVER, get: OWN_GET, patch: BACKEND_PATCH, delete: NEVER },
  streak_log: {
    list: BACKEND_LIST,
    create: CREATE_BY_REFERENCE,
    get: BACKEND_GET,
    patch: NEVER,
    delete: NEVER,
  },
  account_user: {
    list: BACKEND_LIST,
    create: CREATE,
    get: BACKEND_GET,
    patch: BACKEND_PATCH,
    delete: BACKEND_DELETE,
  },
  connector: {
    list: BACKEND_LIST,
    create: CREATE_BY_REFERENCE,
    get: BACKEND_GET,
    patch: BACKEND_PATCH,
    delete: BACKEND_DELETE,
  },
  delivery: { list: BACKEND_LIST, create: NEVER, get: BACKEND_GET, patch: NEVER, delete: NEVER },
  backfill: { list: BACKEND_LIST, create: NEVER, get: BACKEND_GET, patch: NEVER, delete: NEVER },
  coupon_provider: {
    list: BACKEND_LIST,
    create: CREATE,
    get: BACKEND_GET,
    patch: BACKEND_PATCH,
    delete: BACKEND_DELETE,
  },
  coupon_code: {
    list: BACKEND_LIST,
    create: CREATE_BY_REFERENCE,
    get: NEVER,
    patch: NEVER,
    delete: BACKEND_DELETE,
  },
  account: { list: BACKEND_LIST, create: NEVER, get: BACKEND_GET, patch: BACKEND_PATCH, delete: NEVER },
  api_key: {
    list: BACKEND_LIST,
    create: CREATE,
    get: BACKEND_GET,
    patch: BACKEND_PATCH,
    delete: BACKEND_DELETE,
  },
  console_user: { list: NOBODY, create: NOBODY, get: NOBODY, patch: NOBODY, delete: NOBODY },
  privacy_request: { list: BACKEND_LIST, create: NEVER, get: BACKEND_GET, patch: NEVER, delete: NEVER },
  audit_log: { list: BACKEND_LIST, create: NEVER, get: BACKEND_GET, patch: NEVER, delete: NEVER },
  withdrawal: { list: BACKEND_LIST, create: NEVER, get: BACKEND_GET, patch: NEVER, delete: NEVER },
  webhook_endpoint: {
    list: BACKEND_LIST,
    create: CREATE,
    get: BACKEND_GET,
    patch: BACKEND_PATCH,
    delete: BACKEND_DELETE,
  },
  webhook_message: { list: BACKEND_LIST, create: NEVER, get: BACKEND_GET, patch: NEVER, delete: NEVER },
}

/** What else can be done to a record: `POST /schema/{slug}/record/{id}/{action}`. */
export const ACTIONS: Readonly<Record<string, Row>> = {
  'streak_log/withdrawal': closed(201, 404),
  // of a withdrawal that the log does not have
  'streak_log/reinstatement': closed(400, 404),
  'connector/test': closed(200, 404),
  'delivery/replay': closed(200, 404),
  'delivery/abandon': closed(200, 404),
  // for whoever is signed in to the console
  'console_user/reset': closed(403, 403),
  // Ada's manual reward: there is nothing to try again, and nothing to abandon
  'reward_log/replay': closed(200, 404),
  'reward_log/abandon': closed(409, 404),
  'webhook_endpoint/rotate': closed(200, 404),
  'webhook_endpoint/test': closed(200, 404),
  'webhook_message/resend': closed(200, 404),
  // by hand, so that nobody is asked
  'connector/check': closed(200, 404),
  'connector/uninstall': closed(200, 404),
  'connector/install': closed(200, 404),
  // there is no way in to read past orders by
  'connector/backfill': closed(409, 404),
  'backfill/cancel': closed(200, 404),
}

/** What can be done to many records at once: `POST /schema/{slug}/{action}`; each caller does it to its own. */
export const BULK_ACTIONS: Readonly<Record<string, Row>> = {
  'delivery/replay': closed(200, 200),
  // the body names a connector of the one shop, which does not exist for the other
  'streak/forecast': closed(200, 400),
}

export const BULK_BODY: Readonly<Record<string, (shop: Shop) => object>> = {
  'delivery/replay': ({ connector }) => ({ connectorId: connector.id }),
  'streak/forecast': ({ connector }) => ({
    streak: { aggregationTargetValue: 1 },
    rules: [{ connectorId: connector.id }],
    since: '2026-11-01T00:00:00Z',
  }),
}

/** Bodies of actions that are good, so that only the caller and the record decide. */
export const ACTION_BODY: Readonly<Record<string, () => object>> = {
  'streak_log/withdrawal': () => ({ reason: 'returned', uniqueIdentifier: `refund ${made++}` }),
  'streak_log/reinstatement': () => ({ reason: 'a mistake', withdrawalId: randomUUID() }),
  'connector/test': () => ({ payload: '{}' }),
  'delivery/replay': () => ({}),
  'delivery/abandon': () => ({ reason: 'not worth it' }),
  'console_user/reset': () => ({}),
  'reward_log/replay': () => ({}),
  'reward_log/abandon': () => ({ reason: 'not worth it' }),
  'connector/check': () => ({}),
  'connector/uninstall': () => ({}),
  'connector/backfill': () => ({ since: '2026-10-01T00:00:00Z' }),
  'backfill/cancel': () => ({}),
  'connector/install': () => ({ method: 'manual', webhookSecrets: [WEBHOOK_SECRET] }),
  'webhook_endpoint/rotate': () => ({}),
  'webhook_endpoint/test': () => ({}),
  'webhook_message/resend': () => ({}),
}

/** What can be asked of many records: `GET /schema/{slug}/{question}`; each caller asks of its own. */
export const QUESTIONS: Readonly<
  Record<string, { readonly row: Row; readonly search: (shop: Shop) => string }>
> = {
  'delivery/explain': { row: closed(200, 200), search: () => 'orderId=5001' },
  'account_user/search': { row: closed(200, 200), search: () => 'q=shopper' },
  'delivery/search': { row: closed(200, 200), search: () => 'q=5001' },
  'streak/now': { row: closed(200, 404), search: ({ streak }) => `streakId=${streak.id}` },
}

/** What can be read of a record beside itself: `GET /schema/{slug}/record/{id}/{reading}`. */
export const READINGS: Readonly<Record<string, Row>> = {
  'account_user/export': closed(200, 404),
  'privacy_request/export': closed(200, 404),
}

/** What is there beside the resources, and who may have it; an address without a verb stands for all below it. */
export const OTHER_ROUTES: Readonly<
  Record<
    string,
    | 'anybody'
    | 'anybody, by its version'
    | 'owners and staff who are signed in'
    | 'signed by the platform'
    | 'operators'
    | 'who knows the password'
    | 'nothing is there'
  >
> = {
  'GET /healthz': 'anybody',
  // other verbs are refused
  'ALL /healthz': 'anybody',
  'GET /readyz': 'anybody',
  'ALL /readyz': 'anybody',
  '/webhooks/:platform/:connectorId': 'signed by the platform',
  '/webhooks/:platform': 'signed by the platform',
  '/connect/:platform/callback': 'signed by the platform',
  '/proxy/shopify/:connectorId/streaks': 'signed by the platform',
  'GET /widget/streakline.js': 'anybody',
  'ALL /widget/streakline.js': 'anybody',
  'GET /widget/demo': 'anybody',
  'ALL /widget/demo': 'anybody',
  'GET /widget/demo.css': 'anybody',
  'ALL /widget/demo.css': 'anybody',
  'GET /widget/demo.js': 'anybody',
  'ALL /widget/demo.js': 'anybody',
  'GET /openapi.json': 'anybody',
  'ALL /openapi.json': 'anybody',
  'GET /api/v1.0/openapi.json': 'anybody',
  'ALL /api/v1.0/openapi.json': 'anybody',
  '/docs': 'anybody',
  '/ops/queues': 'operators',
  '/console/session': 'who knows the password',
  '/console/password': 'who knows the password',
  '/console/pretend-shops': 'owners and staff who are signed in',
  // pages and their files, which hold nothing of anybody; the address of the server leads to them
  'GET ': 'anybody',
  'ALL ': 'anybody',
  'GET /console': 'anybody',
  'ALL /console': 'anybody',
  'GET /console/*page': 'anybody',
  'ALL /console/*page': 'anybody',
  '/console/files': 'anybody, by its version',
  // whoever has no credentials is told nothing else
  'USE /schema': 'nothing is there',
  'USE /api/v1.0/schema': 'nothing is there',
}

/** A record of the shop, Ada's where it is somebody's; null while there can be none. */
export const RECORD_OF: Readonly<Record<string, (shop: Shop, api: Api) => Promise<string> | string | null>> =
  {
    streak: ({ streak }) => streak.id,
    milestone: ({ milestone }) => milestone.id,
    streak_log: ({ adasLog }) => adasLog.id,
    streak_progress: ({ adasLog }) => adasLog.streakProgress.id,
    member_streak: async ({ backend, adasLog }) => {
      const rows: Body[] = (await backend.list('member_streak')).body.data
      return rows.find(({ ownedById }) => ownedById === adasLog.ownedById).id
    },
    reward_log: ({ adasLog, manualMilestone }) => rewardOf(adasLog, manualMilestone).id,
    account_user: ({ adasLog }) => adasLog.ownedById,
    connector: ({ connector }) => connector.id,
    delivery: ({ deliveryId }) => deliveryId,
    backfill: async ({ connector, backend: { accountId } }, { store, clock }) => {
      const now = clock.now()
      const terms = { kind: 'backfill', since: 0, until: now, dryRun: true, rewards: false } as const
      const row = {
        ...newBackfill(randomUUID(), { accountId, id: connector.id }, terms, now),
        isRunning: false,
      }
      await store.commit([insert('backfill', row)])
      return row.id
    },
    coupon_provider: ({ provider }) => provider.id,
    coupon_code: ({ couponCode }) => couponCode.id,
    account: ({ backend }) => backend.accountId,
    api_key: async ({ key }, { store }) => {
      const [row] = await store.findByKeys('api_key', ['apiKey'], [[key.apiKey]])
      return row?.id ?? null!
    },
    withdrawal: async ({ backend, adasLog }) => {
      const body = { reason: 'returned', uniqueIdentifier: `refund ${made++}` }
      return (await backend.post(`/schema/streak_log/record/${adasLog.id}/withdrawal`, body)).body.data.id
    },
    console_user: () => null,
    audit_log: async ({ backend }) => (await backend.list('audit_log')).body.data[0].id,
    webhook_endpoint: async ({ backend }) => (await anEndpoint(backend)).id,
    webhook_message: async ({ backend }, { store, clock }) => {
      const endpoint = await anEndpoint(backend)
      const about = { type: 'webhook.test', cause: `made ${made++}`, memberId: null, body: '{}' } as const
      const owned = { id: endpoint.id, accountId: backend.accountId }
      const row = newMessage({ id: randomUUID(), endpoint: owned, ...about, now: clock.now() })
      await store.commit([insert('webhook_message', row)])
      return row.id
    },
    privacy_request: async ({ backend }) => (await backend.list('privacy_request')).body.data[0].id,
  }

let made = 0
/** An account has few. */
async function anEndpoint(backend: Client): Promise<Body> {
  const [known] = (await backend.list('webhook_endpoint')).body.data
  return known ?? backend.create('webhook_endpoint', endpointBody())
}
const endpointBody = () => ({ url: 'https://hooks.example.com/', events: ['reward.issued'] })
/** Bodies that are good, so that only the caller decides; each can be sent again and again. */
export const CREATE_BODY: Readonly<Record<string, (shop: Shop) => object>> = {
  streak: () => streakBody(`streak ${made++}`, 'draft'),
  milestone: ({ streak }) => ({
    linkedSchemaRecordId: streak.id,
    name: 'another',
    milestoneTargetValue: 3,
  }),
  streak_log: ({ streak }) => logBody(streak.id, 'customer-eve', `order ${made++}`),
  account_user: () => ({ externalId: `customer ${made++}` }),
  api_key: () => ({ name: `key ${made++}` }),
  connector: ({ streak }) => connectorBody(streak.id),
  coupon_provider: () => ({ name: `provider ${made++}`, provider: 'pool' }),
  coupon_code: ({ provider }) => ({ providerId: provider.id, codes: [`CODE-${made++}`] }),
  webhook_endpoint: endpointBody,
}

export const PATCH_BODY: Readonly<Record<string, object>> = {
  streak: { description: 'patched' },
  milestone: { description: 'patched' },
  reward_log: { couponCode: 'STREAK7' },
  account_user: { firstName: 'Ada' },
  account: { timezone: 'Europe/Berlin' },
  api_key: { description: 'patched' },
  connector: { name: 'patched' },
  coupon_provider: { name: 'patched' },
  webhook_endpoint: { description: 'patched' },
}

/** What became of a request, as the table says it. */
export function outcomeOf(verb: Verb, answer: Answer, recordId: string): Outcome {
  if (verb !== 'list' || answer.status !== 200) return answer.status
  const records: Body[] = answer.body.data
  return records.some(({ id }) => id === recordId) ? SEES : BLIND
}

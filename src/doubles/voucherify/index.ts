import { controlsOf, type Double, type DoubleOptions, type Player, startDouble } from '../parts/double.ts'
import { type Answer, type Asked, Refusal } from '../parts/server.ts'
import { voucherifyControls } from './controls.ts'
import { errorAnswer, fault } from './faults.ts'
import { findCampaign, findVoucher, publish } from './publish.ts'
import { campaignJson, listedPublicationJson, publicationJson, voucherJson } from './show.ts'
import { openState, type Project, type VoucherifyState } from './state.ts'

export interface VoucherifyDouble extends Double {
  project(): Project
}

/** Until the calls of the next cycle are there. */
const CYCLE_LEFT_MS = 10 * 86_400_000
const MAX_PAGE = 1_000
const HOSTS = /^((us1|as1)\.)?api\.voucherify\.io$/

function player(told: (state: VoucherifyState) => void): Player {
  return (tables, clock) => {
    const state = openState(tables, clock)
    told(state)
    const limit = createLimit(state)
    return {
      handle: (asked) => answerVoucherify(state, limit, asked),
      throttled: () => tooMany(state, clock.now() + minuteMs(state)),
      orders: voucherifyControls(state),
    }
  }
}

export const voucherifyControlLines = (): string[] => controlsOf(player(() => undefined))

/**
 * A double of Voucherify: publications, vouchers and campaigns, with the limits of its plans. It begins with a campaign
 * `Streaks` of 20 codes.
 */
export async function startVoucherifyDouble(options: DoubleOptions = {}): Promise<VoucherifyDouble> {
  let known: VoucherifyState | undefined
  const double = await startDouble(
    options,
    player((state) => {
      known = state
    }),
  )
  return Object.assign(double, { project: () => known?.project() as Project })
}

interface Limit {
  /** The headers of an answer. @throws Refusal 429 with when to come back */
  take(): Record<string, string>
}

/** So many requests in a minute, which begins with the first of them. */
function createLimit(state: VoucherifyState): Limit {
  let begunAt = 0
  let taken = 0
  return {
    take() {
      const now = state.clock.now()
      if (now - begunAt >= minuteMs(state)) {
        begunAt = now
        taken = 0
      }
      const { requestsPerMinute } = state.project()
      if (taken >= requestsPerMinute) throw new Refusal(tooMany(state, begunAt + minuteMs(state)))
      taken += 1
      return {
        'x-rate-limit-limit': String(requestsPerMinute),
        'x-rate-limit-remaining': String(requestsPerMinute - taken),
        // in every answer, not only when there is none left
        'x-rate-limit-retry': inSeconds(begunAt + minuteMs(state)),
      }
    },
  }
}

const minuteMs = ({ project }: VoucherifyState): number => project().minuteSeconds * 1_000

const inSeconds = (time: number): string => String(Math.ceil(time / 1_000))

function tooMany({ project, clock }: VoucherifyState, againAt: number, type = 'api_calls'): Answer {
  return errorAnswer(
    429,
    'too_many_requests',
    'Too many requests',
    'The limit of requests of your plan is reached',
    {},
    {
      'x-rate-limit-limit': String(project().requestsPerMinute),
      'x-rate-limit-remaining': '0',
      'x-rate-limit-retry': inSeconds(againAt),
      'x-rate-limit-type': type,
      'retry-after': String(Math.max(1, Math.ceil((againAt - clock.now()) / 1_000))),
    },
  )
}

function answerVoucherify(state: VoucherifyState, limit: Limit, asked: Asked): Answer {
  const { headers, host } = asked
  if (headers['x-forwarded-host'] !== undefined && !HOSTS.test(host)) {
    throw fault(404, 'not_found', 'Resource not found', `this double plays api.voucherify.io, not ${host}`)
  }
  const { appId, appToken, plan } = state.project()
  if (headers['x-app-id'] !== appId || headers['x-app-token'] !== appToken) {
    throw fault(401, 'unauthorized', 'Unauthorized', 'X-App-Id and X-App-Token do not name an application')
  }
  if (plan === 'ended_402')
    throw fault(402, 'payment_required', 'Payment Required', 'The limits of your plan are exceeded')
  if (plan === 'ended_429') throw fault(429, 'too_many_requests', 'Too many requests', 'Your plan has ended')
  if (plan === 'cycle_used_up')
    throw new Refusal(tooMany(state, state.clock.now() + CYCLE_LEFT_MS, 'api_calls_cycle'))
  // before anything is done: a request beyond the limit has no effect, and one that is refused counts
  const limits = limit.take()
  try {
    return { ...route(state, asked), headers: limits }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const { answer } = error
    return { ...answer, headers: { ...limits, ...answer.headers } }
  }
}

function route(state: VoucherifyState, asked: Asked): Answer {
  const { method, path, query } = asked
  const ok = (body: object): Answer => ({ status: 200, body })
  if (path === '/v1/publications' && method === 'POST') {
    return ok(publicationJson(publish(state, readJson(asked), query.get('join_once') === 'true'), state))
  }
  if (path === '/v1/publications' && method === 'GET') return ok(listPublications(state, query))
  const [, code, action] = /^\/v1\/vouchers\/([^/]+)(?:\/(disable|enable))?$/.exec(path) ?? []
  if (code !== undefined) {
    const voucher = findVoucher(state, decodeURIComponent(code))
    if (method === 'GET' && action === undefined) return ok(voucherJson(voucher, state))
    if (method === 'POST' && action !== undefined) {
      const changed = state.vouchers.put({
        ...voucher,
        isActive: action === 'enable',
        updatedAt: state.clock.now(),
      })
      return ok(voucherJson(changed, state))
    }
  }
  const [, campaign] = /^\/v1\/campaigns\/([^/]+)$/.exec(path) ?? []
  if (campaign !== undefined && method === 'GET')
    return ok(campaignJson(findCampaign(state, decodeURIComponent(campaign)), state))
  if (/^\/v1\/(?:publications|vouchers\/[^/]+(?:\/(?:disable|enable))?|campaigns\/[^/]+)$/.test(path)) {
    const details = `${method} is not supported by this endpoint`
    // the one error that is shown without a key
    const body = { code: 405, message: 'HTTP Method Not Allowed', details }
    throw new Refusal({ status: 405, body })
  }
  throw fault(404, 'not_found', 'Resource not found', `${method} ${path} is not played by this double`)
}

function listPublications(state: VoucherifyState, query: URLSearchParams): object {
  const limit = Number(query.get('limit') ?? 10)
  const page = Number(query.get('page') ?? 1)
  if (!(limit >= 1 && limit <= 100))
    throw fault(
      400,
      'invalid_query_params',
      'Invalid query params',
      'Property .limit should be between 1 and 100',
    )
  if (page > MAX_PAGE) {
    const message = 'Listing resource above 1000 page is not supported'
    throw fault(400, 'page_over_limit', message, 'Property .page cannot be higher than 1000')
  }
  const sourceId = query.get('source_id')
  const rows = state.publications
    .all()
    .filter((one) => sourceId === null || one.sourceId === sourceId)
    .reverse()
  const shown = rows.slice((page - 1) * limit, page * limit).map((one) => listedPublicationJson(one, state))
  return { object: 'list', data_ref: 'publications', publications: shown, total: rows.length }
}

function readJson({ body, headers }: Asked): unknown {
  if (!String(headers['content-type'] ?? '').startsWith('application/json')) {
    throw fault(
      415,
      'unsupported_media_type',
      'Unsupported Media Type',
      'Content-Type must be application/json',
    )
  }
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    throw fault(400, 'malformed_json', 'Malformed JSON', 'The body is not JSON')
  }
}

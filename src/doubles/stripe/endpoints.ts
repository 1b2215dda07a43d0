import { isLoopback } from '../parts/sender.ts'
import { merged } from './coupons.ts'
import { EVENT_TYPES } from './event-types.ts'
import { fault, missing } from './faults.ts'
import { PAGING, pageOf } from './lists.ts'
import type { Parameters, Shape } from './parameters.ts'
import type { Route } from './routes.ts'
import { newId, type StripeState, type Thing } from './state.ts'
import { isVersion } from './versions.ts'

const MAX_ENDPOINTS = 16

const COMMON: Shape = {
  url: { is: 'text' },
  enabled_events: { is: 'list' },
  description: { is: 'text', unset: true },
  metadata: { is: 'names', unset: true },
  expand: { is: 'list' },
}

export const ENDPOINT_ROUTES: readonly Route[] = [
  {
    method: 'POST',
    path: '/v1/webhook_endpoints',
    permission: 'rak_webhook_write',
    shape: {
      ...COMMON,
      url: { is: 'text', required: true },
      enabled_events: { is: 'list', required: true },
      api_version: { is: 'text' },
      connect: { is: 'flag' },
    },
    run: ({ state, livemode }, given) => {
      check(given, livemode)
      if (given.api_version !== undefined && !isVersion(given.api_version)) {
        throw fault(400, { message: `Invalid api_version: ${given.api_version}`, param: 'api_version' })
      }
      if (mine(state, livemode).length >= MAX_ENDPOINTS) {
        const mode = livemode ? 'live' : 'test'
        throw fault(400, {
          message: `You have reached the maximum of ${MAX_ENDPOINTS} ${mode} webhook endpoints.`,
        })
      }
      const secret = newId('whsec')
      const row = state.endpoints.put({
        id: newId('we'),
        object: 'webhook_endpoint',
        api_version: given.api_version ?? null,
        application: null,
        created: state.now(),
        description: given.description ?? null,
        enabled_events: given.enabled_events,
        livemode,
        metadata: given.metadata ?? {},
        status: 'enabled',
        url: given.url,
        secrets: [secret],
        connect: given.connect ?? false,
      })
      // the only answer that has it
      return { ...shown(row), secret }
    },
  },
  {
    method: 'GET',
    path: '/v1/webhook_endpoints/{id}',
    permission: 'rak_webhook_read',
    shape: { expand: { is: 'list' } },
    run: ({ state, livemode }, _given, id) => shown(find(state, livemode, id)),
  },
  {
    method: 'GET',
    path: '/v1/webhook_endpoints',
    permission: 'rak_webhook_read',
    shape: PAGING,
    run: ({ state, livemode }, given) =>
      pageOf(mine(state, livemode).map(shown), 'webhook endpoint', '/v1/webhook_endpoints', given),
  },
  {
    method: 'POST',
    path: '/v1/webhook_endpoints/{id}',
    permission: 'rak_webhook_write',
    shape: { ...COMMON, disabled: { is: 'flag' } },
    run: ({ state, livemode }, given, id) => {
      const row = find(state, livemode, id)
      check({ url: row.url, enabled_events: row.enabled_events, ...given }, livemode)
      const status = given.disabled === undefined ? row.status : given.disabled ? 'disabled' : 'enabled'
      const { url = row.url, enabled_events = row.enabled_events } = given
      const description = given.description === undefined ? row.description : given.description
      return shown(
        state.endpoints.put({
          ...row,
          url,
          enabled_events,
          description,
          status,
          metadata: merged(row, given),
        }),
      )
    },
  },
  {
    method: 'DELETE',
    path: '/v1/webhook_endpoints/{id}',
    permission: 'rak_webhook_write',
    shape: {},
    run: ({ state, livemode, forget }, _given, id) => {
      find(state, livemode, id)
      state.endpoints.delete(id)
      forget(id)
      return { id, object: 'webhook_endpoint', deleted: true }
    },
  },
]

function mine({ endpoints }: StripeState, livemode: boolean): Thing[] {
  return endpoints.all().filter((one) => one.livemode === livemode)
}

function find(state: StripeState, livemode: boolean, id: string): Thing {
  const row = state.endpoints.get(id)
  if (row?.livemode !== livemode) throw missing('webhook endpoint', id, 'webhook_endpoint')
  return row
}

function check({ url, enabled_events: types }: Parameters, livemode: boolean): void {
  if (!URL.canParse(url)) {
    const message = 'Invalid URL: An explicit scheme (such as https) must be provided.'
    throw fault(400, { message, code: 'url_invalid', param: 'url' })
  }
  const { protocol } = new URL(url)
  const isClear = protocol === 'http:' && (!livemode || isLoopback(new URL(url)))
  if (protocol !== 'https:' && !isClear) {
    throw fault(400, {
      message: 'Invalid URL: URL must be HTTPS in live mode.',
      code: 'url_invalid',
      param: 'url',
    })
  }
  const wrong = types.findIndex((type: string) => type !== '*' && !EVENT_TYPES.has(type))
  if (wrong !== -1) {
    const param = `enabled_events[${wrong}]`
    throw fault(400, {
      message: `Invalid ${param}: must be one of the event types, not ${types[wrong]}`,
      param,
    })
  }
  if (types.includes('*') && types.length > 1) {
    throw fault(400, { message: 'enabled_events: * stands alone.', param: 'enabled_events' })
  }
}

export function shown({ secrets: _secrets, connect: _connect, ...row }: Thing): Thing {
  return row as unknown as Thing
}

import { fault, missing } from './faults.ts'
import { PAGING, pageOf } from './lists.ts'
import type { Parameters, Shape } from './parameters.ts'
import type { Route } from './routes.ts'
import type { StripeState, Thing } from './state.ts'

const EVENT_DAYS = 30
const ONE: Shape = { expand: { is: 'list' } }

const ofMode = (rows: readonly Thing[], livemode: boolean): Thing[] =>
  rows.filter((one) => one.livemode === livemode)

function fits(thing: Thing, given: Parameters, names: readonly string[]): boolean {
  return names.every((name) => given[name] === undefined || thing[name] === given[name])
}

/** Charges, refunds, disputes, customers, events and the account: only read here, made by the control. */
export const READ_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/account',
    permission: 'rak_accounts_kyc_basic_read',
    shape: ONE,
    run: ({ state }) => ({
      id: state.account.id,
      object: 'account',
      type: 'standard',
      country: 'DE',
      default_currency: 'eur',
      charges_enabled: true,
      settings: {},
    }),
  },
  {
    method: 'GET',
    path: '/v1/charges/{id}',
    permission: 'rak_charge_read',
    shape: ONE,
    run: ({ state, livemode }, given, id) => {
      const charge = state.charges.get(id)
      if (charge?.livemode !== livemode) throw missing('charge', id, 'charge')
      return withRefunds(state, charge, given.expand ?? [])
    },
  },
  {
    method: 'GET',
    path: '/v1/charges',
    permission: 'rak_charge_read',
    shape: {
      ...PAGING,
      customer: { is: 'text' },
      payment_intent: { is: 'text' },
      transfer_group: { is: 'text' },
    },
    run: ({ state, livemode }, given) => {
      const rows = ofMode(state.charges.all(), livemode).filter((one) =>
        fits(one, given, ['customer', 'payment_intent']),
      )
      const expand = (given.expand ?? []).map((path: string) => path.replace(/^data\./, ''))
      return pageOf(
        rows.map((one) => withRefunds(state, one, expand)),
        'charge',
        '/v1/charges',
        given,
      )
    },
  },
  {
    method: 'GET',
    path: '/v1/refunds',
    permission: 'rak_charge_read',
    shape: { ...PAGING, charge: { is: 'text' }, payment_intent: { is: 'text' } },
    run: ({ state, livemode }, given) =>
      pageOf(
        ofMode(state.refunds.all(), livemode).filter((one) => fits(one, given, ['charge', 'payment_intent'])),
        'refund',
        '/v1/refunds',
        given,
      ),
  },
  {
    method: 'GET',
    path: '/v1/disputes',
    permission: 'rak_dispute_read',
    shape: { ...PAGING, charge: { is: 'text' }, payment_intent: { is: 'text' } },
    run: ({ state, livemode }, given) =>
      pageOf(
        ofMode(state.disputes.all(), livemode).filter((one) =>
          fits(one, given, ['charge', 'payment_intent']),
        ),
        'dispute',
        '/v1/disputes',
        given,
      ),
  },
  {
    method: 'GET',
    path: '/v1/customers/{id}',
    permission: 'rak_customer_read',
    shape: ONE,
    run: ({ state, livemode }, _given, id) => {
      const customer = state.customers.get(id)
      if (customer?.livemode !== livemode) throw missing('customer', id, 'customer')
      return customer
    },
  },
  {
    method: 'GET',
    path: '/v1/events/{id}',
    permission: 'rak_event_read',
    shape: ONE,
    run: ({ state, livemode }, _given, id) => {
      const event = recent(state, livemode).find((one) => one.id === id)
      if (event === undefined) throw missing('event', id, 'id')
      return event
    },
  },
  {
    method: 'GET',
    path: '/v1/events',
    permission: 'rak_event_read',
    shape: {
      ...PAGING,
      type: { is: 'text' },
      types: { is: 'list', max: 20 },
      delivery_success: { is: 'flag' },
    },
    run: ({ state, livemode }, given) => {
      if (given.type !== undefined && given.types !== undefined) {
        throw fault(400, {
          message: 'You may only specify one of these parameters: type, types.',
          param: 'types',
        })
      }
      const rows = recent(state, livemode).filter(
        ({ type }) =>
          (given.type === undefined || isOf(type, given.type)) &&
          (given.types === undefined || given.types.includes(type)),
      )
      return pageOf(rows, 'event', '/v1/events', given)
    },
  },
]

/** `charge.*` names all of them. */
function isOf(type: string, wanted: string): boolean {
  return wanted.endsWith('.*') ? type.startsWith(wanted.slice(0, -1)) : type === wanted
}

/** Events are kept for 30 days. */
function recent(state: StripeState, livemode: boolean): Thing[] {
  const oldest = state.now() - EVENT_DAYS * 86_400
  return ofMode(state.events.all(), livemode).filter(
    ({ created, account }) => created >= oldest && account === undefined,
  )
}

function withRefunds(state: StripeState, charge: Thing, expand: readonly string[]): Thing {
  const wrong = expand.find((path) => path !== 'refunds' && path !== 'customer' && path !== 'payment_intent')
  if (wrong !== undefined)
    throw fault(400, { message: `This property cannot be expanded (${wrong}).`, param: 'expand' })
  if (!expand.includes('refunds')) return charge
  const rows = state.refunds.all().filter((one) => one.charge === charge.id)
  const refunds = pageOf(rows, 'refund', `/v1/charges/${charge.id}/refunds`, {})
  return { ...charge, refunds }
}

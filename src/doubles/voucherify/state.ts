import { randomBytes } from 'node:crypto'
import type { MovableClock } from '../parts/clock.ts'
import type { Table, Tables } from '../parts/tables.ts'

/** The project and its plan: there is one. */
export interface Project {
  readonly id: 'project'
  readonly appId: string
  readonly appToken: string
  /**
   * What a `source_id` that is there already is answered. Voucherify documents both: the guide says the same code
   * again, the reference a 400.
   */
  readonly replay: 'refuse' | 'same'
  /**
   * An ended plan is told by 402, or by a 429 that says nothing of when to come back; one whose calls of this cycle are
   * used up by a 429 that names a day.
   */
  readonly plan: 'active' | 'ended_402' | 'ended_429' | 'cycle_used_up'
  /**
   * What a customer is answered who joined a campaign that is joined once: both are documented, the same voucher again
   * and a 400.
   */
  readonly joined: 'same' | 'refuse'
  readonly requestsPerMinute: number
  /** How long such a minute is: 60 at Voucherify, less for whoever does not want to wait for one. */
  readonly minuteSeconds: number
}

export interface Campaign {
  /** `camp_…` */
  readonly id: string
  readonly name: string
  readonly isActive: boolean
  readonly percentOff: number
  /** Makes a code where none is left. */
  readonly autoUpdate: boolean
  /** One and the same code for each customer. */
  readonly joinOnce: boolean
  readonly expiresAt: string | null
}

export interface Voucher {
  /** `v_…` */
  readonly id: string
  readonly code: string
  readonly campaignId: string
  readonly isActive: boolean
  readonly isPublished: boolean
  readonly holderId: string | null
  readonly redeemed: number
  readonly createdAt: number
  readonly updatedAt: number | null
}

export interface Customer {
  /** `cust_…` */
  readonly id: string
  readonly sourceId: string | null
  readonly email: string | null
  readonly name: string | null
}

export interface Publication {
  /** `pub_…` */
  readonly id: string
  readonly sourceId: string | null
  readonly customerId: string
  readonly voucherId: string
  readonly metadata: object
  readonly channel: string
  readonly createdAt: number
}

export interface VoucherifyState {
  readonly projects: Table<Project>
  readonly campaigns: Table<Campaign>
  readonly vouchers: Table<Voucher>
  readonly customers: Table<Customer>
  readonly publications: Table<Publication>
  readonly clock: MovableClock
  project(): Project
}

export function newId(prefix: string): string {
  return `${prefix}_${randomBytes(18).toString('base64url').replace(/[-_]/g, 'x')}`
}

export function openState(tables: Tables, clock: MovableClock): VoucherifyState {
  const projects = tables.table<Project>('projects')
  const first: Project = {
    id: 'project',
    appId: randomBytes(18).toString('hex'),
    appToken: randomBytes(18).toString('hex'),
    replay: 'refuse',
    plan: 'active',
    joined: 'same',
    requestsPerMinute: 100,
    minuteSeconds: 60,
  }
  if (projects.get('project') === undefined) projects.put(first)
  const state: VoucherifyState = {
    projects,
    campaigns: tables.table('campaigns'),
    vouchers: tables.table('vouchers'),
    customers: tables.table('customers'),
    publications: tables.table('publications'),
    clock,
    project: () => projects.get('project') ?? first,
  }
  if (state.campaigns.all().length === 0) putCampaign(state, { name: 'Streaks' }, 20)
  return state
}

export function putCampaign(
  state: VoucherifyState,
  given: Partial<Campaign> & { name: string },
  codes: number,
): Campaign {
  const known = state.campaigns.find(({ name }) => name === given.name)
  const campaign = state.campaigns.put({
    id: known?.id ?? newId('camp'),
    isActive: true,
    percentOff: 10,
    autoUpdate: false,
    joinOnce: false,
    expiresAt: null,
    ...known,
    ...given,
  })
  for (let made = 0; made < codes; made += 1) newVoucher(state, campaign)
  return campaign
}

export function newVoucher({ vouchers, clock }: VoucherifyState, { id }: Campaign): Voucher {
  return vouchers.put({
    id: newId('v'),
    code: randomBytes(6).toString('base64url').replace(/[-_]/g, 'x'),
    campaignId: id,
    isActive: true,
    isPublished: false,
    holderId: null,
    redeemed: 0,
    createdAt: clock.now(),
    updatedAt: null,
  })
}
